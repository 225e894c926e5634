import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT, readCompose } from '../stack/world/compose.ts'
import { findProgram } from '../stack/world/images.ts'
import { type Check, expect } from './check.ts'
import { type ComposeStack, createComposeStack } from './compose-stack.ts'
import { createEngine, type Engine } from './engine.ts'
import { createKillChecks } from './kill-checks.ts'
import { MANUAL_CHECKS } from './manual-checks.ts'
import { MEMORY_CHECK } from './memory-check.ts'
import { makeStandIns, removeStandIns, UNCHECKED } from './stand-ins.ts'

/**
 * `npm run test:compose [-- --stand-ins]` runs docker-compose.yml in the Docker engine of this
 * machine, in a project of its own, and prints a table of what was checked.
 *
 * With `--stand-ins` nothing is pulled: images are made from programs of this machine, and services
 * without a program are left out. It needs root, debootstrap, and what `npm run test:stack` needs.
 */

const PROJECT = 'pellucid-test'
const { values } = parseArgs({ options: { 'stand-ins': { type: 'boolean', default: false } } })
const obstacles = [
  ...['docker', 'bash', 'curl', 'jq', ...(values['stand-ins'] ? ['debootstrap', 'npm', 'tar'] : [])]
    .filter(name => findProgram(name) === undefined)
    .map(name => `${name} is not on the PATH`),
  ...(existsSync(join(ROOT, '.env')) ? ['.env changes what docker-compose.yml does: move it away'] : []),
]
if (obstacles.length > 0) {
  console.error(`npm run test:compose cannot run here:\n${obstacles.map(obstacle => `- ${obstacle}`).join('\n')}`)
  process.exit(1)
}

const engine = makeEngine()
let ended: Promise<void> | undefined
const end = () => (ended ??= takeDown())
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    engine.abort()
    void end().finally(() => process.exit(1))
  })
let failures = 0
try {
  // What a run that was killed has left.
  await takeDown()
  await runChecks(await prepare())
} catch (error) {
  failures++
  if (!engine.isAborted()) console.error(error)
} finally {
  await end()
}
process.exit(failures === 0 ? 0 : 1)

/** Variables of this process would change docker-compose.yml: it gets only what Docker needs. */
function makeEngine(): Engine {
  const needed = Object.entries(process.env).filter(([name]) => /^(PATH|HOME|TMPDIR|DOCKER_.*|SSH_AUTH_SOCK)$/.test(name))
  const own = { COMPOSE_FILE: join(ROOT, 'docker-compose.yml'), COMPOSE_PROJECT_NAME: PROJECT }
  return createEngine({ ...Object.fromEntries(needed), ...own })
}

async function prepare(): Promise<ComposeStack> {
  const services = readCompose()
  if (values['stand-ins']) {
    const missing = await makeStandIns(engine, services, log)
    return createComposeStack(engine, services, missing, UNCHECKED)
  }
  log('pulling and building the images')
  await engine.docker('compose', 'pull', '--ignore-buildable', '--quiet')
  await engine.docker('compose', 'build', '--quiet')
  return createComposeStack(engine, services, new Map(), [])
}

async function runChecks(stack: ComposeStack): Promise<void> {
  console.log('| Check | Result |\n|---|---|')
  for (const [name, reason] of stack.missing) row(name, `left out: ${reason}`)
  if (values['stand-ins']) for (const name of UNCHECKED) row(`Health check of ${name}`, 'skipped: its stand-in does not know it')
  await runCheck({ name: 'Compose accepts the file without a warning', run: validate }, stack)
  const up = { name: `Up and healthy: ${stack.names.join(', ')}`, run: startAll }
  // Without a stack there is nothing more to check.
  if (!(await runCheck(up, stack))) return
  for (const check of [...MANUAL_CHECKS, MEMORY_CHECK, ...createKillChecks()])
    if (!engine.isAborted()) await runCheck(check, stack)
}

async function runCheck({ name, needs, run }: Check, stack: ComposeStack): Promise<boolean> {
  if (needs !== undefined && !stack.names.includes(needs)) {
    row(name, `skipped: ${needs} is left out`)
    return true
  }
  log(name)
  try {
    row(name, await run(stack))
    return true
  } catch (error) {
    failures++
    row(name, `FAILED: ${error instanceof Error ? error.message : error}`)
    return false
  }
}

async function validate(): Promise<string> {
  const output = await engine.shell('docker compose config --quiet 2>&1', ROOT)
  expect(output === '', () => output)
  return 'yes'
}

async function startAll(stack: ComposeStack): Promise<string> {
  const startedAt = performance.now()
  await stack.up()
  await stack.untilAllHealthy()
  return `after ${Math.round((performance.now() - startedAt) / 1000)} s`
}

/** Removes containers, volumes and network, and the published names of stand-ins. */
async function takeDown(): Promise<void> {
  // Of its own: the other one may be aborted.
  const last = makeEngine()
  await last.docker('compose', 'down', '--volumes', '--remove-orphans', '--timeout', '0')
  await removeStandIns(last)
}

function row(name: string, result: string): void {
  console.log(`| ${name} | ${result.replaceAll('\n', ' ')} |`)
}

function log(text: string): void {
  console.error(`# ${text}`)
}
