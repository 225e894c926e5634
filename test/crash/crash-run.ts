import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { seededRandom } from '../worlds/seeded-random.ts'
import { checkContents, checkDatabase, checkErased, checkTrail } from './checks.ts'
import { converse, editDocuments, saySecrets } from './clients.ts'
import { createCommands, ingestFiles, pruneLogs } from './commands.ts'
import { createKilledServer } from './killed-server.ts'
import { count, createLedger, type Ledger } from './ledger.ts'

const ROOT = join(import.meta.dirname, '../..')
const CONVERSATIONS = 6
/** How long a server that is ready lives at most. */
const LONGEST_LIFE_MS = 1500
/** The share of starts that are killed, most of them before the server is ready. */
const KILLED_STARTS = 0.2
const LONGEST_START_MS = 2000

export interface CrashRunOptions {
  readonly kills: number
  readonly seed: number
  /** An empty folder. */
  readonly folder: string
  readonly onKill?: (kills: number, ledger: Ledger) => void
}

/**
 * Kills a server at random moments while clients chat, retry, erase and edit documents, and while
 * commands ingest files and prune logs. Checks after each kill and in the end that all that was
 * acknowledged holds.
 */
export async function crashRun({ kills, seed, folder, onKill }: CrashRunOptions): Promise<Ledger> {
  const ledger = createLedger()
  const random = seededRandom(seed)
  const dataDir = join(folder, 'data')
  const environment = { DATA_DIR: dataDir, LOG_DIR: join(folder, 'logs'), LOG_MAX_FILE_MB: '1' }
  mkdirSync(folder, { recursive: true })
  const server = createKilledServer(ROOT, environment)
  const commands = createCommands(folder, environment)
  const words = new Map<string, string>()
  await server.start()

  const end = new AbortController()
  const options = () => ({ server, ledger, random: seededRandom(Math.floor(random() * 2 ** 31)), signal: end.signal })
  const clients = [
    ...Array.from({ length: CONVERSATIONS }, () => converse(options())),
    saySecrets(options()),
    editDocuments(options()),
  ]
  const working = Promise.all(clients)
  // Awaited in the end; until then its rejection is no unhandled one.
  working.catch(() => end.abort())

  for (let killed = 1; killed <= kills && !end.signal.aborted; killed++) {
    await server.request('GET', '/health/ready')
    const ran = Promise.all([ingestFiles(commands, folder, words, { ledger, random }), pruneLogs(commands, ledger)])
    await delay(random() * LONGEST_LIFE_MS)
    await server.kill()
    if (random() < 0.5) commands.kill()
    await ran
    count(ledger, 'kills')
    checkErased(ledger, dataDir, ledger.erased)
    await checkTrail(ledger, commands)
    onKill?.(killed, ledger)
    const starting = server.start()
    if (random() < KILLED_STARTS) {
      await Promise.race([starting, delay(random() * LONGEST_START_MS)])
      await server.kill()
      count(ledger, 'kills during the start')
      await starting
      await server.start()
    } else await starting
  }

  end.abort()
  await working
  await ingestFiles(commands, folder, words, { ledger, random })
  await checkContents(ledger, server, words)
  const code = await server.stop()
  if (code !== 0) ledger.failures.push(`the server stopped with ${code}`)
  checkErased(ledger, dataDir, [...ledger.erased, ...ledger.erasedInTheEnd])
  await checkTrail(ledger, commands)
  checkDatabase(ledger, dataDir)
  return ledger
}
