import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { RULES } from '../../src/watch/rules/rules.ts'
import { DAY_SCENARIOS } from '../../tools/alerts/day-scenarios.ts'
import { PROMETHEUS_SCENARIOS } from '../../tools/alerts/prometheus-scenarios.ts'
import { SCENARIOS } from '../../tools/alerts/scenarios.ts'
import { stackFiles } from '../../tools/alerts/stack-files.ts'

const ROOT = join(import.meta.dirname, '../..')

t.test('the files made from the catalogue are up to date; otherwise run npm run alerts', async t => {
  for (const [path, text] of Object.entries(stackFiles())) t.equal(readFileSync(join(ROOT, path), 'utf8'), text, path)
})

t.test('a scenario makes each rule fire, and another leaves it silent', async t => {
  const fired = [...SCENARIOS, ...DAY_SCENARIOS, ...PROMETHEUS_SCENARIOS].flatMap(({ firing }) => Object.values(firing).flat())
  const ids = new Set(fired.map(alert => alert.replace(/\{.*/, '')))
  t.same(
    RULES.map(({ id }) => id).filter(id => !ids.has(id)),
    [],
  )
})

t.test('each rule has an id of its own, a page that exists and texts without unknown labels', async t => {
  t.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length)
  for (const { id, page, summary, users, action } of RULES) {
    const [file = '', anchor] = page.split('#')
    const text = readFileSync(join(ROOT, 'docs', file), 'utf8')
    const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    )
    t.ok(anchor === undefined || anchors.includes(anchor), `${id}: ${page}`)
    for (const sentence of [summary, users, action]) t.notMatch(sentence, /[{}]/, id)
  }
})
