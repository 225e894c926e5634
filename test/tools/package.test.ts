import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const ROOT = join(import.meta.dirname, '../..')
/** Licences that let the project be used under its own, MIT. Each exactly as a package has it. */
const ALLOWED = new Set([
  '0BSD',
  '(MIT AND BSD)',
  '(MIT AND Zlib)',
  '(MIT OR GPL-3.0-or-later)',
  'Apache-2.0',
  'BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PSF-2.0',
  'Unlicense',
])

interface Component {
  readonly name: string
  readonly version: string
  readonly licenses?: readonly {
    readonly license?: { readonly id?: string; readonly name?: string }
    readonly expression?: string
  }[]
}

t.test('the bill of materials lists the runtime dependencies, and all have allowed licences', async t => {
  const file = join(t.testdir(), 'sbom.json')
  execFileSync(process.execPath, ['tools/package/write-sbom.ts', file], { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] })
  const { bomFormat, metadata, components } = read(file) as {
    readonly bomFormat: string
    readonly metadata: { readonly component: Component }
    readonly components: readonly Component[]
  }
  t.equal(bomFormat, 'CycloneDX')
  const { name, version, dependencies, devDependencies } = read(join(ROOT, 'package.json'))
  t.match(metadata.component, { name, version })
  const listed = new Set(components.map(component => `${component.name}@${component.version}`))
  const { packages } = read(join(ROOT, 'package-lock.json'))
  const locked = (dependency: string) => `${dependency}@${packages[`node_modules/${dependency}`].version}`
  for (const dependency of Object.keys(dependencies)) t.ok(listed.has(locked(dependency)), dependency)
  for (const tool of ['tap', 'typescript', '@biomejs/biome']) t.ok(tool in devDependencies && !listed.has(locked(tool)), tool)
  for (const component of components) {
    const licenses = component.licenses?.map(({ license, expression }) => license?.id ?? license?.name ?? expression ?? '') ?? []
    t.ok(licenses.length > 0 && licenses.every(license => ALLOWED.has(license)), `${component.name}: ${licenses}`)
  }
})

// biome-ignore lint/suspicious/noExplicitAny: the shape is what the test looks at
function read(file: string): any {
  return JSON.parse(readFileSync(file, 'utf8'))
}
