import { setTimeout as delay } from 'node:timers/promises'
import { type Load, startLoad } from '../faults/world/load.ts'
import { until } from '../stack/world/waiting.ts'
import { type Check, expect } from './check.ts'
import { CHATBOT, type ComposeStack, PROMETHEUS, readJson } from './compose-stack.ts'
import { checkDocument, verifyAudit } from './manual-checks.ts'

const CLIENTS = 8
const PAUSE_MS = 20
/** Turns before and after each kill. */
const CALM_TURNS = 20
const SERVER_KILLS = 5
/** How long the server lives at most between two kills. */
const LONGEST_LIFE_MS = 3000
/** The exit code of a container that was killed because it did not stop in its grace period. */
const KILLED = 137
const TALK_LIMIT_S = 120

/** Kills, and a stack that goes down and comes up again, while clients talk. */
export function createKillChecks(): readonly Check[] {
  const loads: Load[] = []
  const talkDuring = async (work: (load: Load) => Promise<void>) => {
    const load = startLoad(CHATBOT, CLIENTS, PAUSE_MS)
    try {
      await talk(load)
      load.recount()
      await work(load)
      await talk(load)
    } catch (error) {
      // Not awaited: without a server it does not end.
      void load.stop()
      throw error
    }
    await load.stop()
    loads.push(load)
    return compare(load)
  }
  return [
    { name: `pellucid killed ${SERVER_KILLS} times, started by its restart policy`, run: stack => talkDuring(killServer(stack)) },
    {
      name: 'docker kill of pellucid, then docker compose up',
      run: stack => talkDuring(() => killAndUp(stack, 'pellucid')),
    },
    ...['collector', 'prometheus', 'alertmanager', 'jaeger', 'loki', 'grafana'].map(name => ({
      name: `${name} killed in both ways; no request fails`,
      needs: name,
      run: (stack: ComposeStack) => talkDuring(load => killOther(stack, name, load)),
    })),
    { name: 'stop, down and up: nothing lost', run: stack => goDownAndUp(stack, loads) },
  ]
}

function killServer(stack: ComposeStack) {
  return async (load: Load) => {
    for (let kills = 0; kills < SERVER_KILLS; kills++) {
      await delay(Math.random() * LONGEST_LIFE_MS)
      await stack.killProcess('pellucid')
      await talk(load)
    }
    await stack.untilHealthy('pellucid')
  }
}

async function killAndUp(stack: ComposeStack, name: string): Promise<void> {
  await stack.engine.docker('compose', 'kill', name)
  expect(!(await stack.inspect(name)).isRunning, () => `${name} runs after docker compose kill`)
  await stack.up()
  await stack.untilHealthy(name)
}

async function killOther(stack: ComposeStack, name: string, load: Load): Promise<void> {
  await stack.killProcess(name)
  await stack.untilHealthy(name)
  await killAndUp(stack, name)
  const failures = [...load.replies].filter(([kind]) => !/^20\d$/.test(kind))
  expect(failures.length === 0, () => `replies meanwhile: ${failures.map(([kind, times]) => `${times} × ${kind}`).join(', ')}`)
}

async function goDownAndUp(stack: ComposeStack, loads: readonly Load[]): Promise<string> {
  const { engine, names } = stack
  const stoppedAt = Date.now() / 1000
  await engine.docker('compose', 'stop')
  for (const name of names) {
    const { exitCode, isRunning } = await stack.inspect(name)
    expect(!isRunning && exitCode !== KILLED && (name !== 'pellucid' || exitCode === 0), () => `${name} ended with ${exitCode}`)
  }
  await engine.docker('compose', 'down')
  await stack.up()
  await stack.untilAllHealthy()
  const compared = await Promise.all(loads.map(compare))
  await checkDocument()
  const { data } = names.includes('prometheus')
    ? await readJson(`${PROMETHEUS}/api/v1/query?query=up{job="chatbot"}&time=${stoppedAt}`)
    : { data: undefined }
  expect(data === undefined || data.result.length > 0, () => 'Prometheus has no metrics from before')
  return `${compared.join('; ')}; audit verify: ${await verifyAudit(engine)}`
}

/** Resolves when clients got more turns acknowledged. */
async function talk(load: Load): Promise<void> {
  const enough = load.acknowledged + CALM_TURNS
  await until('clients get replies', () => load.acknowledged >= enough, TALK_LIMIT_S)
}

/** Compares what was acknowledged with what is stored. @throws {Error} if a turn is wrong. */
async function compare(load: Load): Promise<string> {
  const { acknowledged, lost, doubled, misplaced } = await load.compare()
  const text = `${acknowledged} turns; lost: ${lost}, doubled: ${doubled}, misplaced: ${misplaced}`
  expect(lost + doubled + misplaced === 0, () => text)
  return text
}
