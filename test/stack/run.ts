import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { buildCollector } from './world/collector-build.ts'
import { findProgram } from './world/images.ts'

/**
 * `npm run test:stack [NAME…]` runs the tests of this folder, or those whose file begins with NAME,
 * with the real programs of docker-compose.yml.
 *
 * They run in their own network, mount and process namespaces: isolated from the machine and from
 * other runs. The kernel removes everything when the first process in there ends.
 */

/** Required programs, with their Debian packages. */
const PROGRAMS = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  chroot: 'coreutils',
  ip: 'iproute2',
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  amtool: 'prometheus-alertmanager',
}
/** Time limit of a test file. */
const FILE_TIMEOUT_S = 420
const PARENT_CHECK_MS = 1000

const needs = findNeeds()
if (needs.length > 0) {
  console.error(`npm run test:stack cannot run here:\n${needs.map(need => `- ${need}`).join('\n')}`)
  process.exit(1)
}
const backends = ['jaeger', 'loki'].map(findProgram)
if (backends.includes(undefined))
  console.error('# jaeger and loki are not both on the PATH: using a receiver instead, skipping test/stack/backends.test.ts')
const names = process.argv.slice(2)
const files = readdirSync(import.meta.dirname)
  .filter(file => file.endsWith('.test.ts') && (names.length === 0 || names.some(name => file.startsWith(name))))
  .filter(file => file !== 'backends.test.ts' || !backends.includes(undefined))
  .map(file => join('test/stack', file))
if (files.length === 0) {
  console.error(`no test file begins with ${names.join(' or ')}`)
  process.exit(1)
}

const collector = build()
// Ends with its parent, with everything in its namespaces.
const child = spawn(
  'setpriv',
  ['--pdeathsig', 'KILL', 'unshare', '--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child', '--', ...command()],
  { cwd: join(import.meta.dirname, '../..'), env: { ...process.env, STACK_COLLECTOR: collector }, stdio: 'inherit' },
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill('SIGKILL'))
const parent = process.ppid
setInterval(() => process.ppid !== parent && child.kill('SIGKILL'), PARENT_CHECK_MS).unref()
child.on('exit', code => process.exit(code ?? 1))

function command(): readonly string[] {
  const tap = ['tap', 'run', '--disable-coverage', '--jobs=1', `--timeout=${FILE_TIMEOUT_S}`, '--exclude=no-file', ...files]
  // Files of the tests are in memory below /run and disappear with the namespaces.
  return ['sh', '-c', 'mount -t tmpfs -o mode=0755 tmpfs /run && exec "$@"', 'sh', ...tap]
}

function build(): string {
  try {
    return buildCollector(text => console.error(`# ${text}`))
  } catch (error) {
    console.error(`npm run test:stack cannot run here: ${error instanceof Error ? error.message : error}`)
    return process.exit(1)
  }
}

function findNeeds(): string[] {
  if (process.platform !== 'linux') return ['Linux: the services run in namespaces of its kernel']
  const packages = Object.entries(PROGRAMS).flatMap(([program, name]) => (findProgram(program) === undefined ? [name] : []))
  return [
    ...(packages.length > 0 ? [`programs: apt-get install --no-install-recommends ${[...new Set(packages)].join(' ')}`] : []),
    ...(process.geteuid?.() === 0 ? [] : ['root: network namespaces and mounts need it']),
  ]
}
