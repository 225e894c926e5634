import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ingest } from '../../../../src/knowledge/ingest/ingest.ts'
import { createMemoryDocumentStore } from '../memory-document-store.ts'

t.test('a block that many HTML files of a run contain is not indexed; code and lead-ins are', async t => {
  const cwd = t.testdir()
  mkdirSync(join(cwd, 'kb'))
  const banner = '<p>Join our newsletter today.</p>'
  for (let i = 0; i < 7; i++) {
    const own = i < 5 ? '<p>In five files.</p>' : ''
    const body = `${banner}<h1>Page ${i}</h1><p>Text ${i}.</p>${own}<p>For example:</p><pre>go</pre>`
    writeFileSync(join(cwd, 'kb', `${i}.html`), i === 6 ? banner : body)
  }
  const store = createMemoryDocumentStore()
  const run = () => ingest(['kb'], { store, prune: false, now: () => 0, cwd })
  t.match(await run(), { added: 7, failed: [] })
  const text = async (i: number) => (await store.passages([{ documentId: `kb/${i}.html`, ordinal: 0 }]))[0]?.text
  t.equal(await text(0), 'Text 0.\n\nIn five files.\n\nFor example:\n\n```\ngo\n```')
  t.equal(await text(5), 'Text 5.\n\nFor example:\n\n```\ngo\n```')
  t.equal(await text(6), 'Join our newsletter today.', 'a page with nothing else is kept')
  t.match(await run(), { unchanged: 7 })
  for (const i of [0, 1]) writeFileSync(join(cwd, 'kb', `${i}.html`), `<p>Other ${i}.</p>`)
  t.match(await run(), { replaced: 7 }, 'a block that is no longer repeated is indexed')
})

t.test('a title loses the name of the site that most titles share, and so does its heading', async t => {
  const cwd = t.testdir()
  for (const folder of ['kb', 'kb/cups']) mkdirSync(join(cwd, folder))
  const write = (name: string, text: string) => writeFileSync(join(cwd, 'kb', name), text)
  for (const name of ['Green', 'Black', 'White']) write(`${name}.md`, `---\ntitle: "Tea: ${name} - Guide | Leaf"\n---\n\nText.`)
  write(
    'cups/Oolong.html',
    `<title>Oolong | Leaf</title><h2>Oolong | Leaf</h2><p>Text.</p><h3>Cup</h3><p>${'Long text. '.repeat(9)}</p>`,
  )
  write('cups/Mate.html', '<title>Mate – an infusion</title><p>Text.')
  write('Leaf.md', '---\ntitle: Leaf | Leaf\n---\n\nText.')
  const lines = ['Pot', 'Cup', 'Lid', 'Jar'].map(title => JSON.stringify({ id: title, title: `${title} · Shop`, text: 'Text.' }))
  write('shop.jsonl', lines.join('\n'))
  const store = createMemoryDocumentStore()
  const run = () => ingest(['kb'], { store, prune: false, now: () => 0, cwd })
  await run()
  const titleOf = async (id: string) => (await store.find(id))?.title
  t.equal(await titleOf('kb/Green.md'), 'Tea: Green - Guide')
  t.equal(await titleOf('kb/cups/Oolong.html'), 'Oolong')
  t.equal(await titleOf('kb/cups/Mate.html'), 'Mate – an infusion')
  t.equal(await titleOf('kb/Leaf.md'), 'Leaf')
  t.equal(await titleOf('Lid'), 'Lid')
  t.same((await store.passages([{ documentId: 'kb/cups/Oolong.html', ordinal: 0 }]))[0]?.headings, ['Cup'])
  t.match(await run(), { unchanged: 10 })
  for (const name of ['Green', 'Black', 'White']) write(`${name}.md`, `---\ntitle: ${name}\n---\n\nText.`)
  await run()
  t.equal(await titleOf('kb/Leaf.md'), 'Leaf | Leaf', 'few titles have it now')
})

t.test('a description that many pages of Markdown repeat is not indexed', async t => {
  const cwd = t.testdir()
  mkdirSync(join(cwd, 'kb'))
  const write = (i: number, text: string) =>
    writeFileSync(join(cwd, 'kb', `${i}.md`), `---\ndescription: ${text}\n---\n\nText ${i}.`)
  for (let i = 0; i < 6; i++) write(i, 'The **manual** of `tea`.')
  write(6, 'All about cups.')
  const store = createMemoryDocumentStore()
  await ingest(['kb'], { store, prune: false, now: () => 0, cwd })
  const text = async (i: number) => (await store.passages([{ documentId: `kb/${i}.md`, ordinal: 0 }]))[0]?.text
  t.equal(await text(0), 'Text 0.')
  t.equal(await text(6), 'All about cups.\n\nText 6.')
})

t.test('text that is repeated within pages is content, unless it is at the same place in most of them', async t => {
  const cwd = t.testdir()
  mkdirSync(join(cwd, 'kb'))
  for (let i = 0; i < 30; i++) {
    const paragraphs = Array.from({ length: 6 }, (_, n) => `<p>Paragraph ${n} of page ${i}.</p>`)
    if (i < 12) paragraphs.splice(1 + (i % 5), 0, '<p>New in version 3.1.</p>')
    paragraphs.splice(1, 0, '<p>Sign in to comment.</p>')
    const end = i % 2 === 0 ? '<p>Rate this page.</p><p>All rights reserved.</p>' : '<p>All rights reserved.</p>'
    writeFileSync(join(cwd, 'kb', `${i}.html`), `<h1>Page ${i}</h1>${paragraphs.join('')}${end}`)
  }
  const store = createMemoryDocumentStore()
  await ingest(['kb'], { store, prune: false, now: () => 0, cwd })
  for (const i of [0, 7, 11, 20]) {
    const [passage] = await store.passages([{ documentId: `kb/${i}.html`, ordinal: 0 }])
    t.equal(/New in version/.test(passage!.text), i < 12)
    t.notMatch(passage?.text, /Sign in|Rate this|rights reserved/)
    t.match(passage?.text, /Paragraph 0 of.*Paragraph 5 of/s)
  }
})
