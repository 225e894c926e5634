import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { cleanEnvironment, say, startServer } from './worlds/server-world.ts'

const ROOT = join(import.meta.dirname, '..')
const BIN = join(ROOT, 'src/cli/pellucid.js')

/** Creates a folder with these files in `docs/`, and a function that runs the command there. */
function openWorld(t: Test, files: Readonly<Record<string, string>> = {}) {
  const cwd = t.testdir()
  mkdirSync(join(cwd, 'docs'))
  const write = (name: string, text: string) => writeFileSync(join(cwd, 'docs', name), text)
  for (const [name, text] of Object.entries(files)) write(name, text)
  const pellucid = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
      cwd,
      env: { ...cleanEnvironment(), DATA_DIR: join(cwd, 'data') },
      encoding: 'utf8',
    })
    return { code: status, out: stdout, err: stderr }
  }
  return { cwd, write, pellucid }
}

t.test('--help lists the commands, and --version prints the version', async t => {
  const { pellucid } = openWorld(t)
  t.match(pellucid('--help'), { code: 0, out: /serve[\s\S]*ingest/, err: '' })
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  t.match(pellucid('--version'), { code: 0, out: `${version}\n` })
})

t.test('a reply is judged by its turn, and without keys the list reports that', async t => {
  const { cwd, pellucid } = openWorld(t, { 'a.md': '# Tea\n\nTea is brewed with hot water.' })
  t.match(pellucid('keys', 'list'), { code: 0, out: /^There are no keys\. pellucid keys create makes one/ })
  t.match(pellucid('feedback', 'add', 'unknown', 'good'), { code: 1, err: /DATA_DIR has no database/ })
  const server = await startServer(t, {}, { dataDir: join(cwd, 'data'), logDir: join(cwd, 'logs') })
  const { body } = await say(server.address, 'How is tea brewed?')
  const { turn_id } = body as { readonly turn_id: string }
  t.match(pellucid('feedback', 'add', turn_id, '-1', 'too', 'short'), {
    code: 0,
    out: `Turn ${turn_id} is judged bad\n`,
    err: '',
  })
  const { feedback } = (await (await fetch(`${server.address}/turns/${turn_id}`)).json()) as { readonly feedback: object }
  t.match(feedback, { verdict: 'bad', comment: 'too short' })
  t.match(pellucid('feedback', 'add', 'unknown', '👍🏽'), { code: 1, err: /^TURN_NOT_FOUND/ })
  t.match(pellucid('feedback', 'add', turn_id, 'bad', 'x'.repeat(2001)), { code: 1, err: /^VALIDATION_ERROR: .*2000/ })
  t.match(pellucid('feedback', 'add', turn_id, 'perhaps'), { code: 1, err: /good/ })
  await server.stop()
})

t.test('an invalid command prints the help and has no effect', async t => {
  const { pellucid } = openWorld(t)
  t.match(pellucid(), { code: 1, err: /serve[\s\S]*ingest/ })
  t.match(pellucid('ignest', 'docs'), { code: 1, out: '', err: /unknown command 'ignest'[\s\S]*serve[\s\S]*ingest/ })
  t.match(pellucid('ingest', '--help').out, /PDF, Word/)
  t.match(pellucid('ingest'), {
    code: 1,
    out: '',
    err: /missing required argument 'paths'[\s\S]*ingest \[options\] <paths\.\.\.>/,
  })
  t.match(pellucid('ingest', '--purge', 'docs'), { code: 1, out: '', err: /unknown option '--purge'[\s\S]*--prune/ })
})

t.test('documents are added once and replaced only if they changed', async t => {
  const { write, pellucid } = openWorld(t, { 'a.md': '# A\n\nOne.', 'b.txt': 'Two.' })
  t.match(pellucid('ingest', 'docs'), { code: 0, out: /^2 added, 0 replaced, 0 unchanged, 0 removed, 0 failed/m, err: '' })
  t.match(pellucid('ingest', 'docs'), { code: 0, out: /^0 added, 0 replaced, 2 unchanged, 0 removed, 0 failed/m })
  write('a.md', '# A\n\nThree.')
  t.match(pellucid('ingest', 'docs'), { code: 0, out: /^0 added, 1 replaced, 1 unchanged, 0 removed, 0 failed/m })
})

t.test('--prune removes documents whose files are gone; without it nothing is removed', async t => {
  const { cwd, pellucid } = openWorld(t, { 'a.md': 'One.', 'b.md': 'Two.' })
  pellucid('ingest', 'docs')
  rmSync(join(cwd, 'docs/b.md'))
  t.match(pellucid('ingest', 'docs'), { code: 0, out: /0 removed/ })
  t.match(pellucid('ingest', '--prune', 'docs'), { code: 0, out: /1 unchanged, 1 removed/ })
})

t.test('a missing path is reported, the others are ingested, and the exit code is 1', async t => {
  const { pellucid } = openWorld(t, { 'a.md': 'One.' })
  t.match(pellucid('ingest', 'nowhere/x.md', 'docs'), {
    code: 1,
    out: /^1 added, .* 1 failed/m,
    err: /^nowhere\/x\.md: No such file/m,
  })
})

t.test('an invalid line is reported by file and number, and the rest of the file is ingested', async t => {
  const { pellucid } = openWorld(t, {
    'faq.jsonl': '{"id":"a","text":"One."}\n{"id":"b"\n\n{"id":"c","text":7}\n{"id":"d","text":"Four."}\n',
  })
  const { code, out, err } = pellucid('ingest', 'docs')
  t.equal(code, 1)
  t.match(out, /^2 added, .* 2 failed/m)
  t.match(err, /^docs\/faq\.jsonl:2: .+\ndocs\/faq\.jsonl:4: .+\n$/)
})

t.test('an invalid setting is reported by name, without a stack', async t => {
  const { cwd, pellucid } = openWorld(t, { 'a.md': 'One.' })
  writeFileSync(join(cwd, '.env'), 'PORT=eighty\n')
  const { code, err } = pellucid('ingest', 'docs')
  t.equal(code, 1)
  t.match(err, /^CONFIGURATION_INVALID: PORT: "eighty" is not valid\. Use an integer from 0 to 65535\.\n$/)
})

t.test('ask answers from the documents without a server, and says when they do not answer', async t => {
  const steps =
    '1. Warm the pot.\n2. Add one spoon of tea for each cup, and another one for the pot if you like it strong and dark.\n'
  const { cwd, write, pellucid } = openWorld(t, {
    'tea.md': `# Tea\n\n## Brew tea\n\nTo brew green tea:\n\n${steps}\n\`\`\`sh\nkettle --temperature 75 --${'long-option '.repeat(9)}\n\`\`\`\n`,
  })
  pellucid('ingest', 'docs')
  const before = readdirSync(join(cwd, 'data'))
  const { code, out, err } = pellucid('ask', 'how', 'do I brew green tea?')
  t.equal(code, 0)
  t.equal(err, '')
  t.match(
    out,
    /^\S.*\n\nTo brew green tea:\n\n1\. Warm the pot\.\n2\. Add .*\n {3}\S[\s\S]*Read more: [\s\S]*Sources:\n1\. .*, score/,
  )
  t.ok(
    out
      .split('\n')
      .filter(line => !/^kettle|^ {3}/.test(line))
      .every(line => line.length <= 80),
    out,
  )
  t.match(out, /^kettle .*(long-option ){8}/m, 'a line of code is not wrapped')
  t.match(pellucid('ask', 'Who won the match last night?'), { code: 2, out: /I don't know/, err: '' })
  t.same(readdirSync(join(cwd, 'data')), before, 'nothing is created')
  write('tea.md', '# Tea\n\nGreen tea is brewed with \u001b[31mred hot water, at 95 degrees.\n')
  pellucid('ingest', 'docs')
  t.match(pellucid('ask', 'how hot is green tea brewed'), { code: 0, out: /with \[31mred hot/ })
})

t.test('ask --explain and --json print the figures behind the answer', async t => {
  const { pellucid } = openWorld(t, { 'tea.md': '# Tea\n\nGreen tea is brewed at 75 degrees, black tea at 95 degrees.\n' })
  pellucid('ingest', 'docs')
  const { code, out } = pellucid('ask', '--explain', 'how hot is green tea brewed?')
  t.equal(code, 0)
  t.match(out, /Question: how hot is green tea brewed\?\nReply: answer[\s\S]*Confidence:\n[\s\S]*Words:[\s\S]*1\. 100 % Tea/)
  const plain = JSON.parse(pellucid('ask', '--json', 'how hot is green tea brewed?').out)
  t.match(plain, { kind: 'answer', response_text: /75 degrees/, sources: [{ title: 'Tea', highlights: [{ start: 0 }] }] })
  t.notOk('workings' in plain)
  const { workings } = JSON.parse(pellucid('ask', '--json', '--explain', 'how hot is green tea brewed?').out)
  t.match(workings, { candidates: [{ quoted: true }], evidence: { contributions: { constant: Number } } })
})

t.test('ask and evaluate reply to small talk as the server does, with the texts of TEXTS_FILE', async t => {
  const { cwd, pellucid } = openWorld(t, { 'tea.md': '# Tea\n\nGreen tea is brewed at 75 degrees, black tea at 95 degrees.\n' })
  writeFileSync(
    join(cwd, 'texts.yaml'),
    'en:\n  small_talk:\n    opening_hours:\n      reply: We are open from 9 to 5.\n      phrases: [when is the tea brewed]\n',
  )
  pellucid('ingest', 'docs')
  t.match(pellucid('ask', 'hello'), { code: 2, out: /^Hello/, err: '' })
  t.match(pellucid('ask', '--explain', 'thanks'), { code: 2, out: /\n\nQuestion: thanks\nReply: fallback, confidence 0\.00\n$/ })
  t.match(pellucid('ask', 'When is the tea brewed?'), { code: 0, out: /Read more/ })
  writeFileSync(join(cwd, '.env'), 'TEXTS_FILE=texts.yaml\n')
  const { out } = pellucid('ask', '--json', 'When is the tea brewed?')
  t.match(JSON.parse(out), {
    kind: 'fallback',
    confidence: 0,
    response: 'We are open from 9 to 5.',
    sources: [],
    suggestions: [],
  })
  writeFileSync(join(cwd, 'questions.jsonl'), '{"id":"q","question":"When is the tea brewed?","answer":[["75 degrees"]]}\n')
  t.match(JSON.parse(pellucid('evaluate', '--json', '.').out), { replies: { questions: 1, refused: 1 } })
})

t.test('ask creates nothing where there is nothing, and says what is missing', async t => {
  const { cwd, pellucid } = openWorld(t)
  t.match(pellucid('ask', 'tea?'), { code: 1, out: '', err: /DATA_DIR has no database: .*Add documents with: pellucid ingest/ })
  t.match(pellucid('ask', ' '), { code: 1, err: /1 to 8000 characters/ })
  t.match(pellucid('ask', 'tea '.repeat(2001)), { code: 1, err: /1 to 8000 characters/ })
  t.same(readdirSync(cwd), ['docs'])
  mkdirSync(join(cwd, 'data'))
  const old = new DatabaseSync(join(cwd, 'data/pellucid.sqlite'))
  old.exec('PRAGMA user_version = 1')
  old.close()
  t.match(pellucid('ask', 'tea?'), { code: 1, err: /DATABASE_UNAVAILABLE: The database has schema version 1/ })
})

t.test('evaluate measures a collection, writes its run and compares it with an earlier one', async t => {
  const { cwd, pellucid } = openWorld(t)
  const collection = join(cwd, 'fruit')
  mkdirSync(collection)
  const lines = (...values: readonly unknown[]) => values.map(value => `${JSON.stringify(value)}\n`).join('')
  writeFileSync(
    join(collection, 'corpus.jsonl'),
    lines({ id: 'a', title: 'Apples', text: 'Apples are red.' }, { id: 'b', title: 'Bread', text: 'Bread is brown.' }),
  )
  writeFileSync(join(collection, 'queries.jsonl'), lines({ id: 'q', text: 'Which apples are red?', answers: ['red'] }))
  writeFileSync(join(collection, 'qrels.tsv'), 'q\ta\t1\n')
  writeFileSync(join(collection, 'oos.jsonl'), lines({ id: 'o', text: 'Who won the match last night?' }))
  const run = join(cwd, 'run.tsv')
  const { code, out } = pellucid('evaluate', collection, '--json', '--run', run)
  t.equal(code, 0)
  t.match(JSON.parse(out), { documents: 2, queries: 1, measures: { ndcg_at_10: { mean: 1 } }, replies: { right: 1 } })
  t.match(readFileSync(run, 'utf8'), /^q\ta\t\d+\.\d+\n/)
  t.match(pellucid('evaluate', collection, '--compare', run), { code: 0, out: /nDCG@10\s+1\.0000.*\+0\.0000 \(p = 1\.0000\)/ })
  t.match(pellucid('evaluate', 'nope'), { code: 1, err: /^COLLECTION_UNREADABLE: .*\/nope: No such folder\.\n$/ })
  t.match(pellucid('evaluate', join(cwd, 'docs')), { code: 1, err: /COLLECTION_UNREADABLE: .*qrels\.tsv/ })
})

t.test('a dry run of ingest counts the documents and creates nothing', async t => {
  const { cwd, pellucid } = openWorld(t, { 'tea.md': '# Tea\n\nTea is brewed at 75 degrees.\n' })
  t.match(pellucid('ingest', '--dry-run', 'docs'), { code: 0, out: /1 added/ })
  t.same(readdirSync(cwd), ['docs'])
})
