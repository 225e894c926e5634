import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import t from 'tap'
import { START_ENVIRONMENT, START_OPTIONS } from '../bench/harness/documents.ts'
import { METRICS } from '../otel/metrics.ts'
import { ERROR_TEXTS } from '../src/errors.ts'
import { SETTINGS } from '../src/settings.ts'
import { anchorsOf, linksOf, PAGES, ROOT, readPage, shellLinesOf } from './docs-pages.ts'
import { generateTables, tablesInPages, writeTables } from './docs-tables.ts'
import { buildAppWorld } from './worlds/app-world.ts'
import { WEBHOOK_SECRETS } from './worlds/webhooks/webhook-requests.ts'

/** Names that are neither settings nor error codes, such as codes that only metrics have. */
const OTHERS = new Set([
  'NODE_COMPILE_CACHE',
  'NODE_EXTRA_CA_CERTS',
  'HTTPS_PROXY',
  'CLIENT_CLOSED_REQUEST',
  'AWS_REGION',
  'AWS_LOG_GROUP',
  'AWS_LOG_STREAM',
  'RSYSLOG_DIR',
])

t.test('the generated tables are up to date (UPDATE_DOCS=1 writes them)', async t => {
  const { app } = await buildAppWorld(t, WEBHOOK_SECRETS)
  const tables = generateTables(app)
  if (process.env.UPDATE_DOCS === '1') writeTables(tables)
  t.same(tablesInPages(), tables)
})

t.test('every link leads to a file, and every anchor to a heading', async t => {
  for (const page of PAGES)
    for (const link of linksOf(readPage(page))) {
      if (/^https?:/.test(link)) continue
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? page : normalize(join(dirname(page), path))
      t.ok(existsSync(join(ROOT, target)), `${page} links to ${link}`)
      if (anchor !== undefined) t.ok(anchorsOf(readPage(target)).has(anchor), `${page} links to the heading ${link}`)
    }
})

t.test('the layout in docs/architecture.md has every folder of the source', async t => {
  const layout = readPage('docs/architecture.md')
  for (const parent of ['src', 'plugins', 'otel'])
    for (const entry of readdirSync(join(ROOT, parent), { withFileTypes: true }))
      if (entry.isDirectory()) t.match(layout, `${entry.name}/`, `${parent}/${entry.name}/`)
      else if (parent === 'src') t.match(layout, entry.name, `src/${entry.name}`)
})

t.test('each page is linked from the index of its folder', async t => {
  const linksIn = (index: string) => new Set(linksOf(readPage(index)).map(link => normalize(join(dirname(index), link))))
  const [manual, decisions] = [linksIn('docs/README.md'), linksIn('docs/internals/decisions/README.md')]
  for (const page of PAGES.filter(page => page.startsWith('docs/') && page !== 'docs/README.md')) {
    const isDecision = page.startsWith('docs/internals/decisions/') && page !== 'docs/internals/decisions/README.md'
    t.ok((isDecision ? decisions : manual).has(page), page)
  }
})

t.test('every file and npm script that a page names exists', async t => {
  const { scripts } = JSON.parse(readPage('package.json'))
  for (const page of PAGES) {
    const text = readPage(page)
    for (const [, path = ''] of text.matchAll(/`((?:src|plugins|otel|test|bench|tools)\/[\w./-]+)`/g))
      t.ok(existsSync(join(ROOT, path)), `${page} names ${path}`)
    for (const [, path = ''] of text.matchAll(/\bnode (?:--[\w-]+ )*((?:test|bench|otel)\/[\w./-]+)/g))
      t.ok(existsSync(join(ROOT, path)), `${page} runs ${path}`)
    for (const [, name = ''] of text.matchAll(/npm run ([\w:-]+)/g)) t.ok(scripts[name], `${page} names the script ${name}`)
  }
})

t.test('every pellucid command in a shell block exists and takes the options shown', async t => {
  const helpOf = new Map<string, string>()
  const help = (command: string) => {
    const known = helpOf.get(command)
    if (known !== undefined) return known
    const text = execFileSync(process.execPath, ['src/cli/pellucid.js', ...command.split(' '), '--help'], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    helpOf.set(command, text)
    return text
  }
  const calls = PAGES.flatMap(page =>
    shellLinesOf(readPage(page)).flatMap(line => callsIn(line).map(call => ({ page, ...call }))),
  )
  t.ok(calls.length >= 10, `${calls.length} calls`)
  for (const { page, command, options } of calls) {
    t.match(help(command), `Usage: pellucid ${command}`, `${page}: pellucid ${command}`)
    for (const option of options) t.match(help(command), new RegExp(`${option}\\b`), `${page}: pellucid ${command} ${option}`)
  }
})

t.test('every error code has a section, and every section a code', async t => {
  const sections = [...readPage('docs/errors.md').matchAll(/^### `([A-Z_]+)`$/gm)].map(([, code]) => code)
  t.same(sections.toSorted(), Object.keys(ERROR_TEXTS).toSorted())
})

t.test('every setting and error code that a page names exists', async t => {
  const compose = new Set([...readPage('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name))
  for (const page of PAGES)
    for (const [, name = ''] of readPage(page).matchAll(/`([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)(?:=[^`]*)?`/g))
      t.ok(
        name in SETTINGS.properties || name in ERROR_TEXTS || name.startsWith('OTEL_') || compose.has(name) || OTHERS.has(name),
        `${page} names ${name}`,
      )
})

t.test('every metric that a page names exists', async t => {
  for (const page of PAGES)
    for (const [, name = ''] of readPage(page).matchAll(
      /`((?:chatbot|audit|telemetry|log|disk|process)_(?:\w+_)?(?:total|seconds|bytes|ratio)(?:_(?:bucket|sum|count))?)[`{]/g,
    )) {
      const kind = METRICS[name.replace(/_(bucket|sum|count)$/, '') as keyof typeof METRICS]?.kind
      t.ok(name in METRICS || kind === 'histogram', `${page} names ${name}`)
    }
})

t.test('README and CONTRIBUTING are short', async t => {
  for (const [page, maxLines] of [
    ['README.md', 150],
    ['CONTRIBUTING.md', 100],
  ] as const) {
    const lines = readPage(page).trimEnd().split('\n')
    t.ok(lines.length <= maxLines, `${page} has ${lines.length} lines`)
    for (const line of lines) t.ok(line.length <= 160, `${page}: ${line}`)
  }
})

t.test('every way to start the server has the same options of Node', async t => {
  const optionsIn = (text: string) => /(--max-semi-space-size\S* .*?)--import/.exec(text.replace(/[",'\]]+/g, ''))?.[1]
  const options = `${START_OPTIONS.join(' ')} `
  const environment = Object.entries(START_ENVIRONMENT).map(([name, value]) => new RegExp(`${name}(?:=|: ')${value}`))
  t.equal(JSON.parse(readPage('package.json')).scripts.start, 'exec node src/start.js')
  for (const file of ['src/start.js', 'Dockerfile', 'docs/operations.md']) {
    t.equal(optionsIn(readPage(file)), options, file)
    for (const pair of environment) t.match(readPage(file), pair, file)
  }
})

t.test('versions agree', async t => {
  const { version } = JSON.parse(readPage('package.json'))
  t.match(readPage('CHANGELOG.md'), `## ${version}`)
  t.match(readPage('docker-compose.yml'), `pellucid:${version}`)
})

/** The calls of `pellucid` in a line of shell: the subcommand and the options given. */
function callsIn(line: string): readonly { readonly command: string; readonly options: readonly string[] }[] {
  const code = line.replace(/(^|\s)#.*$/, '')
  return [
    ...code.matchAll(
      /(?:^|[;&|(]\s*|\bexec \S+ |npx |\s|cli\/)pellucid(?:\.js)? (?!node )((?:logs prune|(?:alerts|audit|config|feedback|keys|monitoring|privacy) \w+|[a-z][\w-]*))([^|;&)]*)/g,
    ),
  ].map(([, command = '', rest = '']) => ({
    command,
    options: [...rest.replaceAll(/'[^']*'|"[^"]*"/g, '').matchAll(/(?<=\s)--[a-z-]+/g)].map(([option]) => option),
  }))
}
