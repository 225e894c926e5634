import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readKeptClock } from '../../src/sessions/kept-clock.ts'
import { checkErased, checkTrail, readTurns, search } from '../crash/checks.ts'
import { startClients } from '../crash/clients.ts'
import { createCommands } from '../crash/commands.ts'
import type { Run } from '../crash/kept-run.ts'
import { createKilledServer } from '../crash/killed-server.ts'
import { count, createLedger, expect, type Ledger } from '../crash/ledger.ts'
import { compileLayer } from '../faults/layer/fault-layer.ts'
import { seededRandom } from '../worlds/seeded-random.ts'
import { writeDiskState } from './disk-states.ts'
import { readRecording } from './recording.ts'

const CONVERSATIONS = 4
const SNAPSHOTS = 120
const SNAPSHOT_INTERVAL_MS = 50

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
export const powerCutRun: Run = async ({ times, seed, folder, onDone }) => {
  const random = seededRandom(seed)
  const [recorded, cut] = [join(folder, 'recorded'), join(folder, 'cut')]
  const journal = join(folder, 'journal')
  const ledger = createLedger()
  const snapshots = await record(ledger, random, recorded, journal, buildRecorder(folder))
  const calls = readRecording(journal)
  count(ledger, 'calls recorded', calls.length)
  const key = readFileSync(join(recorded, 'data/pseudonym.key'), 'utf8')

  for (let state = 1; state <= times; state++) {
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
    const isClockWhole = !existsSync(join(cut, 'data/clock.json')) || readKeptClock(join(cut, 'data')) !== undefined
    expect(ledger, isClockWhole, () => `state ${state}: the kept clock is torn`)
    await checkState(ledger, snapshots.slice(index), cut)
    count(ledger, 'power cuts')
    onDone?.(state, ledger)
  }
  return ledger
}

function buildRecorder(folder: string): string {
  const library = join(folder, 'recorder.so')
  compileLayer(join(import.meta.dirname, 'recorder.c'), library)
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
  const server = createKilledServer({ ...placeIn(recorded), LD_PRELOAD: library, RECORD_ROOT: recorded, RECORD_JOURNAL: journal })
  await server.start()
  const clients = startClients(CONVERSATIONS, { server, ledger, random })
  const snapshots: Snapshot[] = []
  while (snapshots.length < SNAPSHOTS && !clients.signal.aborted) {
    await delay(SNAPSHOT_INTERVAL_MS)
    if (ledger.sessions.size > 0) snapshots.push(takeSnapshot(ledger, journal))
  }
  await clients.stop()
  snapshots.push(takeSnapshot(ledger, journal))
  await server.stop()
  return snapshots
}

/** The size is read last: all that is acknowledged in the snapshot is in the journal by then. */
function takeSnapshot({ sessions, documents, erased }: Ledger, journal: string): Snapshot {
  const turns = new Map([...sessions].map(([session, said]) => [session, said.length]))
  return { turns, documents: new Map(documents), erased: erased.length, journalBytes: statSync(journal).size }
}

function placeIn(folder: string): Record<string, string> {
  return { DATA_DIR: join(folder, 'data'), LOG_DIR: join(folder, 'logs') }
}

/** @param snapshots the one before the power cut, and those after it. */
async function checkState(ledger: Ledger, snapshots: readonly Snapshot[], folder: string): Promise<void> {
  const [before] = snapshots
  if (before === undefined) return
  checkErased(ledger, join(folder, 'data'), ledger.erased.slice(0, before.erased))
  const server = createKilledServer(placeIn(folder))
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
  await checkTrail(ledger, createCommands(folder, placeIn(folder)))
}
