import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { checkErased, checkTrail, readTurns, search } from '../crash/checks.ts'
import { converse, editDocuments, saySecrets } from '../crash/clients.ts'
import { createCommands } from '../crash/commands.ts'
import { createKilledServer, type KilledServer } from '../crash/killed-server.ts'
import { count, createLedger, expect, type Ledger } from '../crash/ledger.ts'
import { seededRandom } from '../worlds/seeded-random.ts'
import { writeDiskState } from './disk-states.ts'
import { readRecording } from './recording.ts'

const ROOT = join(import.meta.dirname, '../..')
const CONVERSATIONS = 4
const SNAPSHOTS = 120
const SNAPSHOT_INTERVAL_MS = 50

export interface PowerCutOptions {
  readonly states: number
  readonly seed: number
  /** An empty folder. */
  readonly folder: string
  readonly onState?: (states: number, ledger: Ledger) => void
}

/** What was acknowledged when the journal had this size. */
interface Snapshot {
  readonly journalBytes: number
  readonly turns: ReadonlyMap<string, number>
  readonly documents: ReadonlyMap<string, string | undefined>
  readonly erased: number
}

/**
 * Records what a server does to its files under load. Then cuts the power at random moments of the
 * recording: writes a state that the disk may be in, starts a server on it, and checks that all
 * that was acknowledged before holds.
 */
export async function powerCutRun({ states, seed, folder, onState }: PowerCutOptions): Promise<Ledger> {
  const random = seededRandom(seed)
  const [recorded, cut] = [join(folder, 'recorded'), join(folder, 'cut')]
  const journal = join(folder, 'journal')
  const ledger = createLedger()
  const snapshots = await record(ledger, random, recorded, journal, buildRecorder(folder))
  const calls = readRecording(journal)
  count(ledger, 'calls recorded', calls.length)
  const key = readFileSync(join(recorded, 'data/pseudonym.key'), 'utf8')

  for (let state = 1; state <= states; state++) {
    // The last ones are in the graceful stop, which saves the search index.
    const index = random() < 0.2 ? snapshots.length - 1 : Math.floor(random() * snapshots.length)
    const [from, to] = [snapshots[index]?.journalBytes ?? 0, snapshots[index + 1]?.journalBytes ?? statSync(journal).size]
    const end = from + random() * (to - from)
    rmSync(cut, { recursive: true, force: true })
    writeDiskState(
      calls.filter(call => call.end <= end),
      random,
      path => join(cut, path.slice(recorded.length)),
    )
    const keyFile = join(cut, 'data/pseudonym.key')
    expect(
      ledger,
      existsSync(keyFile) && readFileSync(keyFile, 'utf8') === key,
      () => `state ${state}: the key of pseudonyms is lost`,
    )
    await checkState(ledger, snapshots.slice(index), cut)
    count(ledger, 'power cuts')
    onState?.(state, ledger)
  }
  return ledger
}

function buildRecorder(folder: string): string {
  const library = join(folder, 'recorder.so')
  const source = join(import.meta.dirname, 'recorder.c')
  execFileSync('cc', ['-shared', '-fPIC', '-O2', '-Wall', '-o', library, source, '-ldl'])
  return library
}

async function record(
  ledger: Ledger,
  random: () => number,
  recorded: string,
  journal: string,
  library: string,
): Promise<readonly Snapshot[]> {
  mkdirSync(recorded)
  const server = startable(recorded, { LD_PRELOAD: library, RECORD_ROOT: recorded, RECORD_JOURNAL: journal })
  await server.start()
  const end = new AbortController()
  const options = () => ({ server, ledger, random: seededRandom(Math.floor(random() * 2 ** 31)), signal: end.signal })
  const working = Promise.all([
    ...Array.from({ length: CONVERSATIONS }, () => converse(options())),
    saySecrets(options()),
    editDocuments(options()),
  ])
  working.catch(() => end.abort())
  const snapshots: Snapshot[] = []
  while (snapshots.length < SNAPSHOTS && !end.signal.aborted) {
    await delay(SNAPSHOT_INTERVAL_MS)
    if (ledger.sessions.size > 0) snapshots.push(takeSnapshot(ledger, journal))
  }
  end.abort()
  await working
  snapshots.push(takeSnapshot(ledger, journal))
  await server.stop()
  return snapshots
}

/** The size is read last: all that is acknowledged in the snapshot is in the journal by then. */
function takeSnapshot({ sessions, documents, erased }: Ledger, journal: string): Snapshot {
  const turns = new Map([...sessions].map(([session, said]) => [session, said.length]))
  return { turns, documents: new Map(documents), erased: erased.length, journalBytes: statSync(journal).size }
}

function startable(folder: string, environment: Record<string, string> = {}): KilledServer {
  return createKilledServer(ROOT, { DATA_DIR: join(folder, 'data'), LOG_DIR: join(folder, 'logs'), ...environment })
}

/** @param snapshots the one before the power cut, and those after it. */
async function checkState(ledger: Ledger, snapshots: readonly Snapshot[], folder: string): Promise<void> {
  const [before] = snapshots
  if (before === undefined) return
  checkErased(ledger, join(folder, 'data'), ledger.erased.slice(0, before.erased))
  const server = startable(folder)
  await server.start()
  for (const [session, acknowledged] of before.turns) {
    const said = ledger.sessions.get(session) ?? []
    const stored = await readTurns(server, session)
    const isWhole = stored.length >= acknowledged && JSON.stringify(stored) === JSON.stringify(said.slice(0, stored.length))
    expect(ledger, isWhole, () => `session ${session}: ${stored.length} turns are stored, ${acknowledged} were acknowledged`)
    count(ledger, 'turns checked', acknowledged)
  }
  for (const [id, word] of before.documents) {
    const isChanged = snapshots.some(({ documents }) => documents.get(id) !== word)
    if (isChanged || word === undefined) continue
    const found = await search(server, word)
    expect(ledger, found.join() === id, () => `search for the word of ${id} finds ${found.join(', ')}`)
    count(ledger, 'documents checked')
  }
  const code = await server.stop()
  expect(ledger, code === 0, () => `the server stopped with ${code}`)
  const environment = { DATA_DIR: join(folder, 'data'), LOG_DIR: join(folder, 'logs') }
  await checkTrail(ledger, createCommands(folder, environment))
}
