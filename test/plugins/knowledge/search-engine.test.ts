import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { buildAppWorld, TEA } from '../../worlds/app-world.ts'
import { until } from '../../worlds/until.ts'

t.test('a document is found as soon as it is stored, and log lines about searches do not contain the query', async t => {
  const { call, chat, lines } = await buildAppWorld(t)
  t.equal((await call('PUT', '/documents/tea', TEA)).status, 201)
  const { status, body } = await call('GET', '/search?q=brewed&limit=1')
  t.equal(status, 200)
  t.match(body, { results: [{ document_id: 'tea', title: 'Brewing tea', location: /^tea#/, passage: /brewed/, score: Number }] })
  t.same(body.corrections, [])
  const { response, sources } = (await chat('/search brewed')).body
  t.match(response, /^1\. Brewing tea, score /)
  t.equal(sources[0].location, body.results[0].location)
  const searches = lines.filter(({ module, function: name }) => module === 'search_engine' && name === 'search')
  t.match(searches, [
    { query_chars: 6, hits: 1, took_ms: Number },
    { query_chars: 6, hits: 2 },
  ])
  t.notMatch(JSON.stringify(searches), 'brewed')
})

t.test('the command and the route report corrections of misspelt words', async t => {
  const { call, chat } = await buildAppWorld(t)
  await call('PUT', '/documents/tea', TEA)
  const { body } = await call('GET', '/search?q=boilling%20water')
  t.match(body.corrections, [{ word: 'boilling', suggestion: 'boiling' }])
  t.match((await chat('/search boilling water')).body, {
    response: /^Searched for “boiling” instead of “boilling”\.\n1\. Brewing tea, score /,
  })
})

t.test('the index is saved when the server stops, and loaded when it starts', async t => {
  const { app, call, dataDir } = await buildAppWorld(t)
  await call('PUT', '/documents/tea', TEA)
  await call('GET', '/search?q=tea')
  await app.close()
  t.ok(existsSync(join(dataDir, 'search-index.bin')))
  const again = await buildAppWorld(t, { DATA_DIR: dataDir })
  await again.app.searchEngine.index.sync()
  t.match((await again.call('GET', '/search?q=boiling')).body.results, [{ document_id: 'tea' }])
  t.match(
    again.lines.filter(({ module, function: name }) => module === 'search_engine' && name === 'open'),
    [{ level: 30, rebuilt: false }],
  )
})

t.test('a document that another process stores is found without a restart', async t => {
  const first = await buildAppWorld(t)
  const second = await buildAppWorld(t, { DATA_DIR: first.dataDir })
  await first.call('PUT', '/documents/tea', TEA)
  const found = async () => (await second.call('GET', '/search?q=boiling')).body.results.length
  await until(async () => (await found()) > 0)
  t.equal(await found(), 1)
})
