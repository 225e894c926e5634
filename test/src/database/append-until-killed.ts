import { openDatabase } from '../../../src/database/database-manager.ts'
import { createSessionStore } from '../../../src/database/session-store.ts'
import { createTurnStore } from '../../../src/database/turn-store.ts'
import { NO_LIMITS, sessionOf, turnOf } from './world.ts'

// Appends turns, eight at a time, and prints the id of each acknowledged turn, until it is killed.
const database = openDatabase({ path: process.argv[2] ?? '' })
const turns = createTurnStore(database)
await createSessionStore(database).open(sessionOf('s'), NO_LIMITS)
for (let round = 0; ; round++) await Promise.all(Array.from({ length: 8 }, (_, i) => append(`turn ${round}.${i}`)))

async function append(turnId: string): Promise<void> {
  await turns.append(turnOf('s', turnId), { sessionExpiresAt: 9000 })
  process.stdout.write(`${turnId}\n`)
}
