import { readFileSync } from 'node:fs'
import t from 'tap'
import { createSessionStore } from '../../../../src/database/session-store.ts'
import { createTurnStore } from '../../../../src/database/turn-store.ts'
import { seededRandom } from '../../../worlds/seeded-random.ts'
import { NO_LIMITS, openWorld, sessionOf, turnOf } from '../world.ts'

const SESSIONS = 200
const TURNS = 2

t.test('no page of the database has erased text: 200 erasures in any order, with workings over many pages', async t => {
  const { database, path } = openWorld(t)
  const random = seededRandom(7)
  const sessions = createSessionStore(database)
  const turns = createTurnStore(database)
  const ids = Array.from({ length: SESSIONS }, (_, i) => `s${String(i).padStart(23, '0')}`)
  // The word of a session is in every hundred bytes of its rows, so a rest of any page shows it.
  const wordOf = (id: string) => `mark${id}.`
  const textOf = (id: string, maxChars: number) => wordOf(id).repeat(Math.ceil((random() * maxChars) / 29))

  for (const id of ids) await sessions.open(sessionOf(id, { expiresAt: 1e12 }), NO_LIMITS)
  const say = async (id: string, n: number) => {
    const turn = turnOf(id, `${id}-${n}`, { message: textOf(id, 500) })
    const receipt = { ...turn.receipt, response: textOf(id, 4000), suggestions: [textOf(id, 30_000)] }
    await turns.append(
      { ...turn, receipt },
      { activeAt: 1000, sessionExpiresAt: 1e12, idempotency: { key: `${id} ${n}`, fingerprint: id, expiresAt: 1e12 } },
    )
    await turns.recordFeedback(`${id}-${n}`, { correct: false, comment: textOf(id, 2000), createdAt: 3000 })
  }
  for (let n = 0; n < TURNS; n++) for (const id of ids) await say(id, n)

  const left = ids.toSorted(() => random() - 0.5)
  const erased: string[] = []
  const found = new Set<string>()
  while (left.length > 0) {
    const id = left.pop()!
    const way = Math.floor(random() * 4)
    if (way === 0) await turns.eraseContent(id)
    else if (way === 1) await database.write('deleteSession', { id, now: 2000 })
    else await database.write('eraseSession', id)
    if (random() < 0.5 && left.length > 0) await say(left[Math.floor(random() * left.length)]!, 100 + left.length)
    erased.push(id)
    if (left.length % 10 > 0) continue
    t.ok(await database.erased())
    const bytes = ['', '-wal'].map(ending => readFileSync(`${path}${ending}`, 'latin1')).join('')
    for (const id of erased) if (bytes.includes(wordOf(id).slice(0, -1))) found.add(`${id}`)
  }
  t.same([...found], [])
})
