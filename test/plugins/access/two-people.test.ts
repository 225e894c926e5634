import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openKeyStore } from '../../../src/access/key-store.ts'
import { createKeyHash, createKeys } from '../../../src/access/keys.ts'
import { loadSecret } from '../../../src/access/secret-file.ts'
import { type AppWorld, buildAppWorld, type Called, TEA } from '../../worlds/app-world.ts'
import { seededRandom } from '../../worlds/seeded-random.ts'

/** A caller with a word that only it says, and what replies named to it. */
interface Person {
  readonly word: string
  readonly userId?: string
  readonly headers: Readonly<Record<string, string>>
  /** Callers of one application may name each other's sessions. */
  readonly application: string
  readonly sessions: string[]
  readonly turns: string[]
  readonly sent: { readonly body: object; readonly key: string }[]
}

const STEPS = 300
const personOf = (word: string, application: string, headers: Record<string, string>, userId?: string): Person => ({
  ...{ word, application, headers, sessions: [], turns: [], sent: [] },
  ...(userId !== undefined && { userId }),
})

/** Lets people send random requests, up to four at once, and checks every reply. */
async function interleave(t: Test, world: AppWorld, people: readonly Person[], seed: number, isClosed: boolean) {
  const random = seededRandom(seed)
  const pick = <T>(values: readonly T[]): T | undefined => values[Math.floor(random() * values.length)]
  const ownerOf = new Map<string, Person>()
  const statuses = new Map<number, number>()

  function check(person: Person, { status, body, headers }: Called, request: string): void {
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    const reply = JSON.stringify([body, headers])
    for (const other of people)
      if (other !== person && reply.includes(other.word)) t.fail(`${request}: ${person.word} gets ${other.word}: ${reply}`)
    for (const [id, ids] of [
      [body?.session_id, person.sessions],
      [body?.turn_id, person.turns],
    ] as const) {
      if (typeof id !== 'string') continue
      const owner = ownerOf.get(id) ?? person
      if (owner !== person) t.fail(`${request}: ${person.word} gets an id of ${owner.word}: ${reply}`)
      if (!ownerOf.has(id)) ids.push(id)
      ownerOf.set(id, person)
    }
  }

  async function step(person: Person): Promise<void> {
    const { word, headers, userId } = person
    const call = async (method: 'GET' | 'POST' | 'DELETE', url: string, body?: object, more: Record<string, string> = {}) => {
      const reply = await world.call(method, url, body, { ...headers, ...more })
      check(person, reply, `${method} ${url} ${JSON.stringify(body)}`)
      return reply
    }
    const say = async (message: string, session_id?: string) => {
      const body = { message, session_id, user_id: userId }
      // Few keys, so that people and requests share them.
      const key = random() < 0.5 ? `key-${Math.floor(random() * 6)}` : undefined
      if (key !== undefined) person.sent.push({ body, key })
      await call('POST', '/chat', body, key === undefined ? {} : { 'idempotency-key': key })
    }
    const session = pick(person.sessions)
    const turn = pick(person.turns)
    const others = people.filter(({ application }) => application !== person.application)
    const theirs = { session: pick(others.flatMap(other => other.sessions)), turn: pick(others.flatMap(other => other.turns)) }
    const steps: (() => Promise<unknown>)[] = [
      () => say(`How is green tea for ${word} brewed?`),
      // The same text for all, with shared keys.
      () => say('hello'),
      () => say(`My name is ${word}`, session),
      () => say('And black tea?', session),
      () =>
        say(
          pick(['/history', '/why', '/sources', '/status', '/search tea', '/forget', `/feedback bad ${word}`, '/clear'])!,
          session,
        ),
      () => call('POST', '/sessions', { user_id: userId }),
      async () => {
        const again = pick(person.sent)
        if (again !== undefined) await call('POST', '/chat', again.body, { 'idempotency-key': again.key })
      },
      () => call('GET', `/search?q=${word}`),
      async () => session && call('GET', `/sessions/${session}`),
      async () => session && call('GET', `/sessions/${session}/turns`),
      async () => session && random() < 0.3 && call('DELETE', `/sessions/${session}`),
      async () => turn && call('GET', `/turns/${turn}`),
      async () => turn && call('POST', `/turns/${turn}/feedback`, { correct: false, comment: word }),
    ]
    if (isClosed && theirs.session !== undefined && theirs.turn !== undefined)
      steps.push(async () => {
        const refused = [
          await call('GET', `/sessions/${theirs.session}`),
          await call('GET', `/sessions/${theirs.session}/turns`),
          await call('GET', `/turns/${theirs.turn}`, undefined, { 'x-session-id': theirs.session! }),
          await call('DELETE', `/sessions/${theirs.session}`),
          await call('POST', '/chat', { message: '/history', session_id: theirs.session, user_id: userId }),
        ]
        for (const { status } of refused) if (status !== 404 && status !== 410) t.fail(`status ${status}`)
      })
    await pick(steps)!()
  }

  for (let done = 0; done < STEPS; ) {
    const together = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(people)!)
    await Promise.all(together.map(step))
    done += together.length
  }
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, n]) => `${status}: ${n}`)
  t.comment(`seed ${seed}: ${counts.join(', ')}`)
  t.ok((statuses.get(200) ?? 0) > STEPS / 4, 'many requests succeed')
  for (const { word, sessions, turns } of people) t.ok(sessions.length > 1 && turns.length > 1, `${word} has talked`)
}

t.test('with keys, no reply has text or ids of another application or user', async t => {
  const world = await buildAppWorld(t, { ACCESS: 'keys', MAX_SESSIONS_PER_USER: '3', RATE_LIMIT_PER_MINUTE: '10000' })
  const store = openKeyStore(world.dataDir, { isServer: false })
  t.teardown(() => store.close())
  const keys = createKeys({
    store,
    hash: createKeyHash(loadSecret(join(world.dataDir, 'access.key'))),
    now: Date.now,
    randomBytes,
  })
  const [first, second] = ['a', 'b'].map(name => ({
    authorization: `Bearer ${keys.create({ role: 'chat', name }, () => undefined).text}`,
  }))
  await world.call('PUT', '/documents/tea.md', TEA, world.asAdmin)
  await interleave(
    t,
    world,
    [
      personOf('quokkaword', 'a', first!, 'ada'),
      personOf('wombatword', 'a', first!, 'bob'),
      personOf('numbatword', 'b', second!, 'ada'),
      personOf('bilbyword', 'b', second!, 'bob'),
    ],
    1,
    true,
  )
})

t.test('without keys, no reply has text or ids of another user', async t => {
  const world = await buildAppWorld(t, { MAX_SESSIONS_PER_USER: '3' })
  await world.call('PUT', '/documents/tea.md', TEA)
  const people = ['quokkaword', 'wombatword', 'numbatword'].map((word, i) => personOf(word, 'none', {}, `user${i}`))
  await interleave(t, world, people, 2, false)
})
