import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { seededRandom } from '../worlds/seeded-random.ts'
import { until } from '../worlds/until.ts'
import { checkContents, checkDatabase, checkErased, checkTrail } from './checks.ts'
import { startClients } from './clients.ts'
import { backUp, createCommands, ingestFiles, pruneLogs } from './commands.ts'
import type { Run } from './kept-run.ts'
import { createKilledServer } from './killed-server.ts'
import { count, createLedger } from './ledger.ts'

const CONVERSATIONS = 6
/** How long a server that is ready lives at most. */
const LONGEST_LIFE_MS = 1500
/** The share of starts that are killed, most of them before the server is ready. */
const KILLED_STARTS = 0.2
const LONGEST_START_MS = 2000

/**
 * Kills a server at random moments while clients chat, retry, erase and edit documents, and while
 * commands ingest files, prune logs and copy the database. Checks after each kill and in the end
 * that all that was acknowledged holds.
 */
export const crashRun: Run = async ({ times, seed, folder, onDone }) => {
  const ledger = createLedger()
  const random = seededRandom(seed)
  const dataDir = join(folder, 'data')
  const environment = { DATA_DIR: dataDir, LOG_DIR: join(folder, 'logs'), LOG_MAX_FILE_MB: '1' }
  mkdirSync(folder, { recursive: true })
  const server = createKilledServer(environment)
  const commands = createCommands(folder, environment)
  const words = new Map<string, string>()
  await server.start()
  // The record of the first start, without which there is no trail, may come after it.
  await until(async () => (await commands.run('audit', 'verify')).code === 0)

  const clients = startClients(CONVERSATIONS, { server, ledger, random })
  for (let killed = 1; killed <= times && !clients.signal.aborted; killed++) {
    await server.request('GET', '/health/ready')
    const ran = Promise.all([
      ingestFiles(commands, folder, words, { ledger, random }),
      pruneLogs(commands, ledger),
      backUp(commands, folder, ledger),
    ])
    await delay(random() * LONGEST_LIFE_MS)
    await server.kill()
    if (random() < 0.5) commands.kill()
    await ran
    count(ledger, 'kills')
    checkErased(ledger, dataDir, ledger.erased)
    await checkTrail(ledger, commands)
    onDone?.(killed, ledger)
    const starting = server.start()
    if (random() < KILLED_STARTS) {
      await Promise.race([starting, delay(random() * LONGEST_START_MS)])
      await server.kill()
      count(ledger, 'kills during the start')
      await starting
      await server.start()
    } else await starting
  }

  await clients.stop()
  await ingestFiles(commands, folder, words, { ledger, random })
  await backUp(commands, folder, ledger)
  await checkContents(ledger, server, words)
  const code = await server.stop()
  if (code !== 0) ledger.failures.push(`the server stopped with ${code}`)
  checkErased(ledger, dataDir, [...ledger.erased, ...ledger.erasedInTheEnd])
  await checkTrail(ledger, commands)
  checkDatabase(ledger, dataDir)
  return ledger
}
