import { spawnSync } from 'node:child_process'
import { globSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Prepare } from './prepare.ts'

/**
 * `npm run test:integrations [NAME…]` proves each integration of docs/integrations, or those named,
 * against the real program or what is closest to it. What this machine lacks is named at the end.
 *
 * A folder NAME contains tests, and `prepare.ts` where they need programs (see {@link Prepare}).
 */
const FILE_TIMEOUT_S = 600

const names = process.argv.slice(2)
const all = readdirSync(import.meta.dirname, { withFileTypes: true }).flatMap(entry => (entry.isDirectory() ? [entry.name] : []))
const unknown = names.filter(name => !all.includes(name))
if (unknown.length > 0) {
  console.error(`no integration is called ${unknown.join(' or ')}: there are ${all.join(', ')}`)
  process.exit(1)
}

const results: { readonly name: string; readonly result: string }[] = []
for (const name of names.length > 0 ? names : all) results.push({ name, result: await prove(name) })
for (const { name, result } of results) console.log(`${name}: ${result}`)
process.exitCode = results.every(({ result }) => result === 'passed' || result.startsWith('skipped')) ? 0 : 1
if (results.every(({ result }) => result.startsWith('skipped'))) process.exitCode = 1

async function prove(name: string): Promise<string> {
  const folder = join(import.meta.dirname, name)
  let variables: Readonly<Record<string, string>> = {}
  if (globSync('prepare.ts', { cwd: folder }).length > 0) {
    const { prepare } = (await import(join(folder, 'prepare.ts'))) as { readonly prepare: Prepare }
    try {
      variables = await prepare(text => console.error(`# ${name}: ${text}`))
    } catch (error) {
      return `skipped: ${error instanceof Error ? error.message : error}`
    }
  }
  const files = globSync('*.test.ts', { cwd: folder }).map(file => join('test/integrations', name, file))
  const options = ['run', '--disable-coverage', '--jobs=1', `--timeout=${FILE_TIMEOUT_S}`, '--exclude=no-file']
  const { status } = spawnSync('tap', [...options, ...files], {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...process.env, ...variables },
    stdio: 'inherit',
  })
  return status === 0 ? 'passed' : 'failed'
}
