import { spawnSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'

const FOLDER = join(import.meta.dirname, '../../../otel/azure')
const FILES = globSync('*.bicep', { cwd: FOLDER })

interface Bicep {
  readonly parameters: Readonly<Record<string, { readonly default?: unknown }>>
  readonly modules?: Readonly<Record<string, { readonly detail: { readonly path: string }; readonly config: ModuleConfig }>>
}
interface ModuleConfig {
  readonly params: Readonly<Record<string, unknown>>
}

function parse(files: readonly string[]) {
  const program = join(import.meta.dirname, 'check_bicep.py')
  return spawnSync(process.env.AZURE_PYTHON ?? '', [program, ...files], { encoding: 'utf8' })
}

t.test('pycep parses the templates, and refuses changed ones', async t => {
  const { status, stdout, stderr } = parse(FILES.map(file => join(FOLDER, file)))
  t.equal(status, 0, stderr)
  const parsed = Object.entries(JSON.parse(stdout) as Record<string, Bicep>)
  const files = new Map(parsed.map(([path, contents]) => [basename(path), contents]))
  for (const { detail, config } of Object.values(files.get('main.bicep')?.modules ?? {})) {
    const accepted = Object.keys(files.get(detail.path)?.parameters ?? {})
    t.same(Object.keys(config.params).sort(), accepted.sort(), `${detail.path} gets its parameters`)
  }
  const texts = FILES.map(file => readFileSync(join(FOLDER, file), 'utf8'))
  const changes = [/^param name string/m, /^ {2}properties: \{$/m, /\]\n\}\n/].map(
    (part, i) => [part, ['param name = = string', '  properties: [', ']\n'][i] ?? ''] as const,
  )
  for (const [i, text] of texts.entries())
    for (const [part, broken] of changes.filter(([part]) => part.test(text))) {
      const file = join(t.testdir(), 'broken.bicep')
      writeFileSync(file, text.replace(part, broken))
      t.equal(parse([file]).status, 1, `${FILES[i]} with ${broken.trim()}`)
    }
})

t.test('the templates have every kind of resource, and use each query', async t => {
  const text = FILES.map(file => readFileSync(join(FOLDER, file), 'utf8')).join('\n')
  const kinds = [...text.matchAll(/^resource \w+ '([\w./]+)@/gm)].map(([, kind]) => kind)
  for (const kind of [
    'Microsoft.OperationalInsights/workspaces',
    'Microsoft.Insights/components',
    'Microsoft.Insights/diagnosticSettings',
    'Microsoft.Insights/scheduledQueryRules',
    'Microsoft.Insights/actionGroups',
    'Microsoft.Insights/workbooks',
    'Microsoft.Authorization/roleAssignments',
  ])
    t.ok(kinds.includes(kind), kind)
  const loaded = [...text.matchAll(/loadTextContent\('(.+?)'\)/g)].map(([, file]) => file)
  t.same([...new Set(loaded)].sort(), globSync('queries/**/*.kql', { cwd: FOLDER }).sort())
  for (const [, file = '', column = ''] of text.matchAll(/query: loadTextContent\('(.+?)'\)\n +column: '(\w+)'/g)) {
    const query = readFileSync(join(FOLDER, file), 'utf8')
    t.match(query, new RegExp(`\\b${column} = `), `${file} has the column ${column}`)
    t.notMatch(query, /\bbin\(/, `${file} covers the window of its rule as a whole`)
  }
})
