import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * `node tools/package/write-sbom.ts FILE` writes the software bill of materials (CycloneDX) of the
 * runtime dependencies in package-lock.json. `npm sbom --omit dev` would also leave out those that
 * a development dependency uses. It knows no licences that are not SPDX expressions, such as `BSD`:
 * these are added as the package writes them.
 */

interface Component {
  name: string
  readonly 'bom-ref': string
  readonly properties: readonly { readonly name: string }[]
  licenses?: { readonly license?: { readonly name?: string } }[]
}

interface Sbom {
  readonly metadata: { readonly component: Component }
  components: Component[]
  dependencies: { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

const ROOT = join(import.meta.dirname, '../..')
/** Packages that say their licence in a file only. */
const IN_FILE: Readonly<Record<string, string>> = { 'png-js': 'MIT' }
const DEVELOPMENT = 'cdx:npm:package:development'
const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('Usage: node tools/package/write-sbom.ts FILE')

const options = ['--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application']
const output = execFileSync('npm', ['sbom', ...options], { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 })
const sbom = JSON.parse(output) as Sbom
const { name, packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  name: string
  packages: Readonly<Record<string, { license?: string }>>
}
// npm names the project by its folder.
sbom.metadata.component.name = name
sbom.components = sbom.components.filter(({ properties }) => !properties.some(property => property.name === DEVELOPMENT))
const refs = new Set([sbom.metadata.component, ...sbom.components].map(component => component['bom-ref']))
sbom.dependencies = sbom.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(each => refs.has(each)) }))
for (const component of sbom.components) {
  const license = packages[`node_modules/${component.name}`]?.license ?? IN_FILE[component.name]
  if (!component.licenses?.length && license !== undefined) component.licenses = [{ license: { name: license } }]
}
writeFileSync(file, `${JSON.stringify(sbom, undefined, 2)}\n`)
