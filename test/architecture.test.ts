import { globSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import t from 'tap'

const ROOT = join(import.meta.dirname, '..')
/** The folders of `src/watch` that form one: from the rules of `monitoring.yaml` to alerts. */
const RULE_FOLDERS = ['client', 'configuration', 'evaluation', 'rules']
/** What plugins may import of `src/watch`. */
const WATCH_FACE = /^src\/watch\/((client|configuration|rules)\/|analysis\/analysis-worker\.ts$)/
/** The folders of `src/`, except those that compose them. */
const DOMAIN = [
  ...listFolders('src', ['base', 'cli', 'watch']),
  ...listFolders('src/watch', ['composition', ...RULE_FOLDERS]).map(name => `watch/${name}`),
]
/** The parts of plugins, in folders of their own. */
const PARTS = /^plugins\/[^/]+\/[^/]+\//
/** Plugins. The files beside their folders are the bundles, which register them. */
const PLUGINS = /^plugins\/[^/]+\/[^/]+\.ts$/
const files = listFiles('src/**/*.ts', 'plugins/**/*.ts', 'otel/**/*.ts')

interface Import {
  readonly from: string
  /** A path of this project, or a package's name. */
  readonly to: string
  readonly typeOnly: boolean
}

/** Allowed imports by folder; `types` are allowed for types only. The first match applies. */
const RULES: readonly { readonly from: RegExp; readonly may: readonly RegExp[]; readonly types?: readonly RegExp[] }[] = [
  {
    from: /^src\/(server|app|answer-thread)\.ts$|^src\/(cli|watch\/composition)\//,
    may: [/./],
  },
  {
    from: /^src\/config\.ts$/,
    may: [/^src\/(errors|settings)\.ts$|^src\/base\//, /^ajv/, /^node:/],
  },
  {
    from: /^src\/(errors|reply-text)\.ts$|^src\/base\//,
    may: [/^src\/base\//, /^node:/],
    types: [/^typebox$/],
  },
  { from: /^src\/settings\.ts$/, may: [/^src\/base\//] },
  ...DOMAIN.map(folder => ({
    from: new RegExp(`^src/${folder}/`),
    may: [
      new RegExp(`^src/${folder}/`),
      /^src\/(errors|reply-text)\.ts$|^src\/(base|text|threads)\//,
      /^node:/,
      /^(?!fastify|@fastify|@opentelemetry|src\/|plugins\/|otel\/)/,
    ],
    types: [/^src\/(?!app|server|answer-thread|watch\/composition|cli)/],
  })),
  {
    from: new RegExp(`^src/watch/(${RULE_FOLDERS.join('|')})/`),
    may: [
      new RegExp(`^src/watch/(${RULE_FOLDERS.join('|')})/`),
      /^src\/(errors|reply-text)\.ts$|^src\/(base|text|threads)\//,
      /^node:/,
      /^(?!fastify|@fastify|@opentelemetry|src\/|plugins\/|otel\/)/,
    ],
    types: [/^src\/(?!app|server|answer-thread|watch\/composition|cli)/],
  },
  {
    // The parts of plugins.
    from: PARTS,
    may: [PARTS, /^src\/(errors|reply-text)\.ts$|^src\/base\//, /^(node:|ajv|fastify|@fastify\/)/],
    types: [/^src\/(?!app|server|answer-thread|watch\/composition|cli)/],
  },
  {
    // The bundles register the plugins of their folders.
    from: /^plugins\/[^/]+\.ts$/,
    may: [/^plugins\/[^/]+\/[^/]+\.ts$/, /^src\/webhooks\/has-webhooks\.ts$/, /^fastify$/],
    types: [/^src\/|^otel\/|^node:|^pino$/],
  },
  {
    from: /^plugins\//,
    may: [
      PARTS,
      /^src\/(?!app|server|answer-thread|watch\/|cli|config)/,
      WATCH_FACE,
      /^otel\/(?!register|sdk)/,
      /^(?!src\/|plugins\/|otel\/)/,
    ],
    types: [/^src\/config\.ts$/],
  },
  { from: /^otel\/dashboards\//, may: [/^otel\/dashboards\//, /^@grafana\//, /^node:/] },
  {
    from: /^otel\/azure\//,
    may: [/^otel\//, /^src\/threads\//, /^@azure\/monitor-opentelemetry-exporter$/, /^@opentelemetry\//, /^node:/],
  },
  {
    from: /^otel\/sentry\//,
    may: [/^otel\/(sentry\/|export-state\.ts$)/, /^@opentelemetry\/(api|core)$/, /^@sentry\/node$/, /^node:/],
    types: [/^src\/watch\/error-reports\/error-report\.ts$/],
  },
  {
    from: /^otel\//,
    may: [/^otel\//, /^src\/base\/(version|round-ms)\.ts$/, /^@opentelemetry\//, /^import-in-the-middle/, /^node:/],
    types: [/^src\/answering\/pool\/answer-task\.ts$/],
  },
]

t.test('imports follow the rules in docs/architecture.md', async t => {
  for (const { from, to, typeOnly } of files.flatMap(importsOf)) {
    const rule = RULES.find(rule => rule.from.test(from))
    const allowed = [...(rule?.may ?? []), ...(typeOnly ? (rule?.types ?? []) : [])].some(pattern => pattern.test(to))
    t.ok(allowed, `${from} may import ${to}${typeOnly ? ' (types)' : ''}`)
  }
})

t.test('there are no circular imports between domain folders, types included', async t => {
  const folderOf = (path: string) => {
    const folder = /^src\/((?:watch\/)?[\w-]+)\//.exec(path)?.[1]
    return RULE_FOLDERS.some(name => folder === `watch/${name}`) ? 'watch/rules' : folder
  }
  const domain = [...DOMAIN, 'watch/rules']
  const dependencies = Map.groupBy(
    files.flatMap(importsOf).filter(({ from, to }) => domain.includes(folderOf(from) ?? '') && folderOf(to) !== undefined),
    ({ from }) => folderOf(from) ?? '',
  )
  const reachableFrom = (folder: string, seen = new Set<string>()): Set<string> => {
    for (const next of (dependencies.get(folder) ?? []).map(({ to }) => folderOf(to) ?? ''))
      if (next !== folder && !seen.has(next)) reachableFrom(next, seen.add(next))
    return seen
  }
  for (const folder of dependencies.keys())
    t.notOk(reachableFrom(folder).has(folder), `${folder} imports no folder that imports it`)
})

t.test('the layers of src/search import only those below', async t => {
  const layers = [/^src\/search\/(search-engine|word-score)\.ts$/, /\/index\//, /\/query\//, /\/ranking\//, /^src\/search\//]
  const layerOf = (file: string) => layers.findIndex(layer => layer.test(file))
  for (const { from, to } of files
    .flatMap(importsOf)
    .filter(({ from, to }) => [from, to].every(file => /^src\/search\//.test(file))))
    t.ok(layerOf(to) <= layerOf(from), `${from} may import ${to}`)
})

t.test('no folder holds more than 16 source files', async t => {
  for (const [folder, own] of Map.groupBy([...files, ...listFiles('bench/**/*.ts', 'test/**/*.ts')], file => dirname(file)))
    t.ok(own.length <= 16, `${folder} holds ${own.length} files`)
})

t.test('the environment is read in one place', async t => {
  const readers = files.filter(file => /process\.env(?!\.\w+ = )/.test(read(file)))
  t.same(readers, ['src/config.ts'])
})

t.test('the domain reads no clock and no randomness: both are arguments', async t => {
  const domain = files.filter(file => DOMAIN.some(folder => file.startsWith(`src/${folder}/`)))
  for (const file of domain) t.notMatch(read(file), /Date\.now\(\)|new Date\(\)|Math\.random\(\)/, file)
})

t.test('comments are at most 100 columns wide', async t => {
  const others = globSync(['{test,bench,tools}/**/*.ts', 'src/**/*.js'], { cwd: ROOT })
  for (const file of [...files, ...others].filter(file => !file.includes('fixtures'))) {
    const long = read(file)
      .split('\n')
      .filter(line => /^\s*(\/\/|\/?\*)/.test(line) && line.length > 100)
    t.same(long, [], file)
  }
})

t.test('files have at most 250 lines, plugins at most 80', async t => {
  const lengthOf = (file: string) => read(file).split('\n').length - 1
  const isPlugin = (file: string) => PLUGINS.test(file)
  for (const file of files) t.ok(lengthOf(file) <= (isPlugin(file) ? 80 : 250), `${file} has ${lengthOf(file)} lines`)
  const lengths = files
    .filter(file => file.startsWith('plugins/') && !PARTS.test(file))
    .map(lengthOf)
    .sort((a, b) => a - b)
  const median = lengths[Math.floor(lengths.length / 2)] ?? 0
  t.ok(median <= 50, `the median plugin has ${median} lines`)
})

t.test('a plugin has the name of its file, and only plugins are default exports', async t => {
  for (const file of files.filter(file => PLUGINS.test(file) && !file.startsWith('plugins/routes/'))) {
    const name = basename(file, '.ts')
    t.match(read(file), new RegExp(`name: '${name}'`), `${file} registers this name`)
  }
  for (const file of files.filter(file => !file.startsWith('plugins/')))
    t.notMatch(read(file), /^export default/m, `${file} has named exports only`)
})

t.test('plugins take the names of span attributes from one file', async t => {
  for (const file of files.filter(file => file.startsWith('plugins/'))) t.notMatch(read(file), /['"`](chatbot|gen_ai)\.\w/, file)
})

t.test('no source file contains TODO comments, disabled type checks or `any`', async t => {
  for (const file of files) t.notMatch(read(file), /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|nocheck)|\bas any\b|: any\b/, file)
})

function listFolders(folder: string, except: readonly string[]): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !except.includes(entry.name))
    .map(entry => entry.name)
}

function listFiles(...patterns: readonly string[]): readonly string[] {
  return globSync(patterns, { cwd: ROOT }).map(file => file.replaceAll('\\', '/'))
}

t.test('a plugin declares exactly the plugins whose decorators it uses', async t => {
  const plugins = files.filter(file => PLUGINS.test(file))
  const nameOf = (file: string) => /\bname: '([a-z-]+)'/.exec(read(file))?.[1] ?? ''
  const owners = new Map(
    plugins.flatMap(file =>
      [...read(file).matchAll(/\.decorate(?:Request)?\('(\w+)'/g)].map(
        ([, decorator = '']) => [decorator, nameOf(file)] as const,
      ),
    ),
  )
  for (const file of plugins) {
    const text = read(file)
    const dotted = [...text.matchAll(/\b(?:fastify|request)\.(\w+)/g)].map(([, name = '']) => name)
    const destructured = [...text.matchAll(/\{([^{}]*)\}(?: = fastify\n|: FastifyRequest\b)/g)].flatMap(([, names = '']) =>
      names.split(',').map(name => name.trim()),
    )
    const used = [...dotted, ...destructured].map(name => owners.get(name)).filter(owner => owner !== undefined)
    const list = /(?:dependencies: |DEPENDENCIES = )\[([^\]]*)\]/.exec(text)?.[1] ?? ''
    // A plugin without decorators is declared for the order of hooks.
    const declared = [...list.matchAll(/'([^']+)'/g)]
      .map(([, name = '']) => name)
      .filter(name => [...owners.values()].includes(name))
    t.same(declared.sort(), [...new Set(used)].filter(name => name !== nameOf(file)).sort(), file)
  }
})

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

function importsOf(file: string): Import[] {
  const pattern = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/g
  return [...read(file).matchAll(pattern)].map(([, type, fromClause, dynamic]) => {
    const target = fromClause ?? dynamic ?? ''
    const to = target.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), target)).replaceAll('\\', '/') : target
    return { from: file, to, typeOnly: type !== undefined }
  })
}
