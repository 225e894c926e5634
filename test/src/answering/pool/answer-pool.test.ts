import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { PastTurn } from '../../../../src/answering/question/follow-up.ts'
import { createTextRedaction } from '../../../../src/logging/record/message-content.ts'
import { until } from '../../../worlds/until.ts'
import { openPool } from './pool-world.ts'

const MANUAL = join(import.meta.dirname, '../../../fixtures/backup-tool')
const QUESTIONS = [
  'How do I install it?',
  'where are the logs and how do i restore a file',
  'What is the default compresion level?',
  'and how do I change it?',
  'zyzzyva quokka?',
  'Write to ada@example.com about the repository',
  '',
]
const TURNS: readonly PastTurn[] = [
  { question: 'What is a repository?', title: 'Repositories', quoted: 'A repository is a folder.' },
]
const noTurns = async () => []

t.test('workers answer as this thread does, byte for byte', async t => {
  const { put, pooled, inThisThread } = await openPool(t)
  await put(Object.fromEntries(readdirSync(MANUAL).map(name => [name, readFileSync(join(MANUAL, name), 'utf8')])))
  const redacted = createTextRedaction()
  for (const question of QUESTIONS) {
    const [here, there] = [await inThisThread(question, async () => TURNS), await pooled.answer(question, async () => TURNS)]
    t.equal(JSON.stringify(there.answer), JSON.stringify(here.answer), question)
    t.equal(there.answer.response.plain, here.answer.response.plain)
    t.equal(
      there.answer.response.toLog(text => text),
      redacted(here.answer.response),
    )
  }
  const { passages, corrections } = await pooled.retrieve('restoer source:operation', 3, { syntax: true })
  t.match([passages[0]?.documentId, corrections], ['operation.md', [{ word: 'restoer' }]])
})

t.test('earlier turns are read before the task, if the message may depend on them, and no search is repeated', async t => {
  const { put, pooled, replies } = await openPool(t)
  await put({ tea: '# Tea\n\nGreen tea is brewed at 75 degrees.' })
  const asked: number[] = []
  const pastTurns = async (limit: number) => {
    asked.push(limit)
    return TURNS
  }
  await pooled.answer('How is green tea brewed?', pastTurns)
  t.same(asked, [])
  await pooled.answer('and black tea?', pastTurns)
  t.same(asked, [2])
  replies.length = 0
  // Neither part is answered, so that the whole message is, and only that refers to earlier turns.
  await pooled.answer('How do I feed zyzzyva beetles? Why would quokkas eat them?', pastTurns)
  t.same(asked, [2, 2])
  t.match(replies, [{ kind: 'answered', records: { searches: [{}, {}, {}] } }])
  t.equal(replies.length, 1)
})

t.test('a read is reported with the search that causes it, also if searches overlap', async t => {
  const { put, pooled, replies } = await openPool(t)
  const page = (how: string) => ({
    tea: `# Tea\n\nGreen tea is brewed at ${how} degrees.`,
    coffee: `# Coffee\n\nCoffee beans are roasted at ${how} degrees.`,
  })
  await put(page('75'))
  await put(page('80'), { isIndexed: false })
  await pooled.answer('Why is tea green? How is green tea brewed? How are coffee beans roasted?', noTurns)
  // The text is not the one that the index has: each reads what has changed, and the revision of
  // the changed document. The second one finds the text of the first one in memory.
  const names = replies.at(-1)!.records.searches.map(({ reads }) => reads.map(({ name }) => name))
  const changes = ['SELECT document_changes', 'SELECT document_changes']
  t.same(names, [['SELECT passages', ...changes], changes, ['SELECT passages', ...changes]])
})

t.test('a reply reports what the worker did, in the order of time', async t => {
  const { put, pooled, replies } = await openPool(t)
  await put({ tea: '# Tea\n\nGreen tea is brewed at 75 degrees.' })
  await pooled.answer('How is green tea brewed?', noTurns)
  const [reply] = replies
  if (reply?.kind !== 'answered') return t.fail('no answer')
  const [search, ...others] = reply.records.searches
  t.same(others, [])
  t.match(search, { limit: 10, scores: [Number], abstained: false, facts: { query_chars: Number, hits: 1 } })
  t.match(search?.reads, [{ name: 'SELECT passages', text: /^SELECT revision/ }])
  const times = [
    search!.start,
    search!.reads[0]!.start,
    search!.reads[0]!.end,
    search!.end,
    reply.answering.start,
    reply.answering.end,
  ]
  t.same(
    [...times, reply.records.repliedAt],
    [...times, reply.records.repliedAt].sort((a, b) => a - b),
  )
})

t.test('idle workers take new memory of the index, and drop the earlier one', async t => {
  const { put, pooled, taken } = await openPool(t)
  await Promise.all([1, 2].map(() => pooled.answer('tea?', noTurns)))
  await until(() => taken().length === 2)
  const before = taken()
  const words = Array.from({ length: 5000 }, (_, i) => `word${i}`).join(' ')
  await put({ words: `# Words\n\n${words}` })
  await until(() => taken().every((number, i) => number > before[i]!))
})

t.test('a question whose worker ends is answered by another one', async t => {
  const { put, pooled, pool, readers, errors, waitForQuestion } = await openPool(t, { workers: 1 })
  await put({ tea: '# Tea\n\nGreen tea is brewed at 75 degrees.' })
  await readers.lock()
  const asked = pooled.answer('How is green tea brewed?', noTurns)
  await waitForQuestion()
  const [ended] = pool.threads
  await ended?.terminate()
  readers.unlock()
  t.match((await asked).answer.response.plain, /75 degrees/)
  t.match(errors, [{ function: 'run_worker', attempt: 1 }])
  t.not(pool.threads[0], ended)
  await put({ tea: '# Tea\n\nGreen tea is brewed at 80 degrees.' })
  t.match((await pooled.answer('How is green tea brewed?', noTurns)).answer.response.plain, /80 degrees/)
})

t.test('a question is refused after two workers', async t => {
  const { pooled, pool, readers, failed, waitForQuestion } = await openPool(t, { workers: 1 })
  await readers.lock()
  const asked = t.rejects(pooled.answer('tea?', noTurns), { code: 'ANSWER_FAILED', retryAfterS: 5, facts: { attempt: 2 } })
  for (let attempt = 0; attempt < 2; attempt++) {
    await waitForQuestion()
    await pool.threads[0]?.terminate()
  }
  readers.unlock()
  await asked
  t.same(failed, [10], 'the search is recorded as failed')
})

t.test('a worker that hangs is replaced, its question is refused, and the index can be changed', async t => {
  let expire = () => {}
  const setTimer = (run: () => void) => {
    expire = run
    return () => {}
  }
  const { put, pooled, pool, readers, waitForQuestion } = await openPool(t, { workers: 1, setTimer })
  await put({ tea: '# Tea\n\nGreen tea is brewed at 75 degrees.' })
  const [hanging] = pool.threads
  await readers.lock()
  const asked = pooled.answer('How is green tea brewed?', noTurns)
  await waitForQuestion()
  expire()
  await t.rejects(asked, { code: 'ANSWER_FAILED', message: /too long/, retryAfterS: 5 })
  readers.unlock()
  await put({ tea: '# Tea\n\nGreen tea is brewed at 80 degrees.' })
  t.match((await pooled.answer('How is green tea brewed?', noTurns)).answer.response.plain, /80 degrees/)
  t.not(pool.threads[0], hanging)
})

t.test('a question that waits too long for a worker is refused, and time in the line does not count as work', async t => {
  const timers: (() => void)[] = []
  const setTimer = (run: () => void) => {
    timers.push(run)
    return () => {}
  }
  const { put, pooled, pool, readers, waitForQuestion } = await openPool(t, { workers: 1, setTimer })
  await put({ tea: '# Tea\n\nGreen tea is brewed at 75 degrees.' })
  const [worker] = pool.threads
  await readers.lock()
  const ask = () => pooled.answer('How is green tea brewed?', noTurns)
  const first = ask()
  await waitForQuestion()
  const [second, third] = [ask(), ask()]
  t.equal(timers.length, 3)
  const refused = t.rejects(second, { code: 'OVERLOADED', retryAfterS: 5 })
  timers[1]!()
  await refused
  readers.unlock()
  for (const asked of [first, third]) t.match((await asked).answer.response.plain, /75 degrees/)
  t.equal(timers.length, 4, 'the time limit of the third question starts with its answer')
  t.equal(pool.threads[0], worker)
})

t.test('a task that fails without the end of a worker is not run again', async t => {
  const { pool, errors } = await openPool(t, { workers: 1 })
  const question = (() => 'tea?') as unknown as string
  await t.rejects(pool.run({ kind: 'answer', question, owner: undefined, turns: [] }), { name: 'DataCloneError' })
  t.same(errors, [])
})

t.test('too many questions are refused, and all of them when the pool closes', async t => {
  const { pooled, pool, readers, waitForQuestion } = await openPool(t, { workers: 1, maxWaiting: 1 })
  await readers.lock()
  const first = t.rejects(pooled.answer('tea?', noTurns), { code: 'SHUTTING_DOWN' })
  await waitForQuestion()
  const second = t.rejects(pooled.answer('tea?', noTurns), { code: 'SHUTTING_DOWN' })
  await t.rejects(pooled.answer('tea?', noTurns), { code: 'OVERLOADED', retryAfterS: 5 })
  await pool.close()
  await Promise.all([first, second])
  await t.rejects(pooled.answer('tea?', noTurns), { code: 'SHUTTING_DOWN' })
})

t.test('while documents change, replies quote whole sentences of some state, and the next one knows each change', async t => {
  const { put, pooled } = await openPool(t)
  const question = 'How is green tea brewed?'
  const ask = async () => JSON.stringify((await pooled.answer(question, noTurns)).answer)
  const states = ['75 degrees', '80 degrees for two minutes', 'nothing'].map(how => ({
    tea: how === 'nothing' ? '# Coffee\n\nCoffee is roasted.' : `# Tea\n\nGreen tea is brewed at ${how}.`,
    long: `# Coffee\n\n${`## Roast\n\nCoffee is roasted after tea at ${how}.\n\n`.repeat(30)}`,
    // Words that only this state has: the vocabulary and all tables grow and shrink.
    filler: `# Other\n\n${Array.from({ length: 400 }, (_, i) => `word${how.length}x${i}`).join(' ')}`,
  }))
  const known: string[] = []
  for (const state of states) {
    await put(state)
    known.push(await ask())
  }
  t.equal(new Set(known).size, states.length)
  let isDone = false
  // Documents change one by one, so a reply may be from an earlier tea and a later coffee.
  const sentencesOf = (text: string) => text.match(/[^\n.]*(?:brewed|roasted)[^\n.]*\./g) ?? []
  const sentences = new Set(states.flatMap(({ tea, long }) => [...sentencesOf(tea), ...sentencesOf(long)]))
  const asking = Array.from({ length: 3 }, async () => {
    let replies = 0
    for (; !isDone; replies++) {
      const { answer } = await pooled.answer(question, noTurns)
      const quoted = sentencesOf(answer.response.plain)
      t.ok(quoted.length > 0 || answer.kind === 'fallback')
      t.same(
        quoted.filter(sentence => !sentences.has(sentence)),
        [],
      )
    }
    return replies
  })
  for (let round = 0; round < 40; round++) {
    const state = round % states.length
    await put(states[state]!)
    t.equal(await ask(), known[state])
  }
  isDone = true
  for (const replies of await Promise.all(asking)) t.ok(replies > 0)
})
