import t, { type Test } from 'tap'
import { createAnswerQuestion } from '../../../src/answering/answer-question.ts'
import { createAnswerer } from '../../../src/answering/answerer.ts'
import { createPlannedSearch } from '../../../src/answering/search-in-context.ts'
import { type ChatSteps, createChat, type Reply } from '../../../src/chat/chat.ts'
import { parseMessage } from '../../../src/commands/parsing/command-parser.ts'
import { createDocumentStore } from '../../../src/database/document-store.ts'
import { createSessionStore } from '../../../src/database/session-store.ts'
import { createTurnStore } from '../../../src/database/turn-store.ts'
import { readDocument } from '../../../src/knowledge/ingest/document-reader.ts'
import { fixedText } from '../../../src/reply-text.ts'
import { createIndexManager } from '../../../src/search/index-manager.ts'
import { createRetrieval } from '../../../src/search/retrieval.ts'
import { createSessionManager } from '../../../src/sessions/session-manager.ts'
import { createSessionQueue } from '../../../src/sessions/session-queue.ts'
import { createSmallTalk } from '../../../src/wording/small-talk.ts'
import { loadTexts } from '../../../src/wording/texts-loader.ts'
import { NO_LIMITS, openWorld, recordLog } from '../database/world.ts'

const TEA = '# Tea\n\nGreen tea is brewed at 75 degrees. Black tea is brewed with boiling water.'
const HELP_REPLY: Reply = {
  response: fixedText('done'),
  kind: 'command',
  confidence: 1,
  sources: [],
  suggestions: [],
  command: 'help',
}

/** The chatbot without plugins: real stores, an index of one document, and a fixed clock. */
async function openChat(t: Test, changes: Partial<ChatSteps> = {}) {
  const { database, path } = openWorld(t)
  const [sessionStore, turns, documents] = [
    createSessionStore(database),
    createTurnStore(database),
    createDocumentStore(database),
  ]
  await documents.put([await readDocument({ id: 'tea', text: TEA, format: 'markdown', owner: 'operator' })], 0)
  const index = createIndexManager({ store: documents, path: `${path}.index`, log: recordLog().log, now: () => 0 })
  await index.open()
  const world = { time: 1_000_000, ids: 0 }
  const now = () => world.time
  const sessions = createSessionManager({
    store: sessionStore,
    limits: NO_LIMITS,
    idleTimeoutMs: 1000,
    now,
    randomBytes: count => Buffer.alloc(count, ++world.ids),
  })
  const queue = createSessionQueue({ maxWaitingPerSession: 10, maxWaitMs: 1000, now, setTimer: () => () => undefined })
  const answerer = createAnswerer({ threshold: 0.4, answerLength: 800, texts: loadTexts() })
  const search = createPlannedSearch(createRetrieval(index.engine, documents), answerer)
  const chat = createChat(
    {
      enqueue: queue.run,
      openSession: async owner => (await sessions.open(owner)).session,
      joinSession: sessions.join,
      resumeSession: sessions.resume,
      owns: sessions.owns,
      expiresAt: sessions.expiresAt,
      interpret: message => {
        const parsed = parseMessage(message)
        return parsed.kind === 'question' ? parsed : { kind: 'command', run: async () => HELP_REPLY }
      },
      answer: createAnswerQuestion({ answerer, search, compose: rated => answerer.answer(rated, 'operator'), clock: now }),
      replyToSmallTalk: createSmallTalk(loadTexts()),
      turns,
      ...changes,
    },
    { idempotencyTtlMs: 5000, now, clock: now },
  )
  let turnCount = 0
  const say = async (message: string, { user, ...more }: { sessionId?: string; user?: string } = {}, key?: string) => {
    const turnId = `turn-${++turnCount}`
    const idempotency = key === undefined ? undefined : { key, fingerprint: message }
    return (
      await chat.answer({ message, owner: { user }, ...more }, { turnId, requestId: 'r', traceId: '0'.repeat(32), idempotency })
    ).receipt
  }
  return { chat, say, sessions, turns, world }
}

t.test('a receipt equals the stored one', async t => {
  const { chat, say, turns } = await openChat(t)
  const receipt = await say('how is green tea brewed?')
  t.match(receipt, { kind: 'answer', response: /75 degrees/, turnId: 'turn-1', sources: [{ title: 'Tea' }] })
  t.same((await chat.turn('turn-1')).receipt, receipt)
  t.match(await turns.find('turn-1'), {
    seq: 1,
    message: 'how is green tea brewed?',
    createdAt: 1_000_000,
    workings: { parsedAs: 'question' },
  })
})

t.test('of an earlier question, only the text of the first source is read', async t => {
  const source = { title: 'Tea', location: 'tea', passage: '', score: 1 }
  const workingsJson = JSON.stringify({ parsedAs: 'question', terms: [], candidates: [], threshold: 0 })
  const facts = { response: fixedText('75'), kind: 'answer', confidence: 1, suggestions: [], workingsJson } as const
  const { say, turns } = await openChat(t, {
    async answer(_question, pastTurns) {
      await pastTurns(1)
      return { answer: { ...facts, sources: [source, source] }, answerMs: 0 }
    },
  })
  const read: number[] = []
  const { withPassages } = turns
  turns.withPassages = turn => {
    read.push(turn.receipt.sources.length)
    return withPassages(turn)
  }
  const { sessionId } = await say('how is green tea brewed?')
  await say('and how is it kept?', { sessionId })
  t.same(read, [1])
})

t.test('earlier questions are found among commands, and no further turns are read without commands', async t => {
  const workingsJson = JSON.stringify({ parsedAs: 'question', terms: [], candidates: [], threshold: 0 })
  const facts = { response: fixedText('75'), kind: 'answer', confidence: 1, suggestions: [], sources: [], workingsJson } as const
  let asked: readonly string[] = []
  const { say, turns } = await openChat(t, {
    async answer(_question, pastTurns) {
      asked = (await pastTurns(2)).map(({ question }) => question)
      return { answer: facts, answerMs: 0 }
    },
  })
  const read: number[] = []
  const { list } = turns
  turns.list = async (...page) => {
    const found = await list(...page)
    read.push(found.length)
    return found
  }
  const { sessionId } = await say('how is green tea brewed?')
  for (const message of ['/help', '/help', 'and how is it kept?', 'and stored?', 'and black tea?'])
    await say(message, { sessionId })
  t.same(asked, ['and stored?', 'and how is it kept?'])
  t.same(read, [2, 1, 2, 2, 2], 'the first two needed the turns before the commands')
})

t.test('a turn extends its session by the idle timeout', async t => {
  const { say, sessions, world } = await openChat(t)
  const { sessionId } = await say('hello')
  for (let turn = 0; turn < 3; turn++) {
    world.time += 999
    await say('hello', { sessionId })
  }
  t.equal((await sessions.resume(sessionId)).expiresAt, world.time + 1000)
  world.time += 1000
  await t.rejects(say('hello', { sessionId }), { code: 'SESSION_EXPIRED' })
})

t.test('a turn that cannot be stored fails, and its key can be used again', async t => {
  const { chat, say, sessions } = await openChat(t)
  const { sessionId } = await say('hello')
  const refused = t.rejects(say('hello', { sessionId }, 'k'), { code: 'SESSION_NOT_FOUND' })
  await sessions.delete(sessionId)
  await refused
  await t.rejects(chat.turn('turn-2'), { code: 'TURN_NOT_FOUND' })
  t.equal((await say('hello', {}, 'k')).turnId, 'turn-3')
})

t.test('a step that throws fails only its own turn', async t => {
  let broken = true
  const { say, turns } = await openChat(t, {
    interpret(text) {
      if (broken && text === 'break') throw new Error('the parser broke')
      return { kind: 'question', text }
    },
  })
  const { sessionId } = await say('hello')
  const results = await Promise.allSettled(['hello', 'break', 'hello'].map(message => say(message, { sessionId })))
  t.same(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  broken = false
  await say('break', { sessionId })
  t.same(
    (await turns.list(sessionId, { limit: 10 })).map(({ seq }) => seq),
    [4, 3, 2, 1],
    'without a gap',
  )
})

t.test('pages of any size list every turn of a session once', async t => {
  const { chat, say } = await openChat(t)
  const { sessionId } = await say('hello')
  for (let turn = 2; turn <= 7; turn++) await say('hello', { sessionId })
  for (const limit of [1, 2, 3, 6, 7, 8]) {
    const seqs: number[] = []
    let before: number | undefined
    do {
      const page = await chat.turns(sessionId, { before, limit })
      t.ok(page.turns.length <= limit)
      seqs.push(...page.turns.map(({ seq }) => seq))
      before = page.next ?? undefined
    } while (before !== undefined)
    t.same(seqs, [7, 6, 5, 4, 3, 2, 1], `by ${limit}`)
  }
})

t.test('a follow-up uses earlier turns as context until the user clears them', async t => {
  const { say, sessions, turns } = await openChat(t)
  const { sessionId } = await say('how is green tea brewed?')
  const words = async (turnId: string) => (await turns.find(turnId))?.workings?.context?.map(({ text }) => text).join(' ') ?? ''
  t.match(await words((await say('and black?', { sessionId })).turnId), /green/)
  await sessions.update(sessionId, { contextFrom: 2 })
  t.notMatch(await words((await say('and white?', { sessionId })).turnId), /green/)
})

t.test('a follow-up keeps its subject across commands and small talk', async t => {
  const { say, turns } = await openChat(t)
  const { sessionId } = await say('how is green tea brewed?')
  for (const message of ['/why', '/why', '/why', '/why', 'hello', 'thanks']) await say(message, { sessionId })
  const { turnId } = await say('and on Windows?', { sessionId })
  t.match((await turns.find(turnId))?.workings?.context?.map(({ text }) => text).join(' '), /tea/i)
})

t.test('a session opened with a user refuses other users; one opened without accepts any', async t => {
  const { say } = await openChat(t)
  const open = await say('hello')
  t.equal((await say('hello', { sessionId: open.sessionId, user: 'ada' })).sessionId, open.sessionId)
  const owned = await say('hello', { user: 'ada' })
  await t.rejects(say('hello', { sessionId: owned.sessionId, user: 'eve' }), { code: 'SESSION_NOT_FOUND' })
})

t.test('feedback on an unknown turn is refused', async t => {
  const { chat, say, turns } = await openChat(t)
  await t.rejects(chat.judge('unknown', { correct: true }), { code: 'TURN_NOT_FOUND' })
  const { turnId } = await say('hello')
  await chat.judge(turnId, { correct: true, comment: 'first' })
  await chat.judge(turnId, { correct: false })
  t.match((await turns.find(turnId))?.feedback, { correct: false, comment: undefined, createdAt: 1_000_000 })
})
