import { rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { parseTime } from '../../../../src/logging/reading/time-argument.ts'
import { line, makeLogFolder, readAll, START } from './log-folder.ts'

t.test('plain, rotated and compressed files are read in order of time', async t => {
  const lines = Array.from({ length: 9 }, (_, i) => line(i * 1000, { msg: `m${i}` }))
  const dir = makeLogFolder(t, {
    'chatbot.2026-01-14.1.log.gz': lines.slice(0, 3),
    'chatbot.2026-01-15.2.log': lines.slice(3, 5),
    'chatbot.2026-01-15.10.log': lines.slice(5),
    'chatbot.2026-01-16.1.log': [],
    'notes.txt': ['not ours'],
  })
  t.same(await readAll(dir), { texts: lines, problems: [] })
})

t.test('each matching line is returned once, by time and then by file, however lines are spread over files', async t => {
  const spread = fc.array(
    fc.record({ file: fc.integer({ min: 0, max: 5 }), after: fc.integer({ min: 0, max: 20 }), isError: fc.boolean() }),
    { maxLength: 60 },
  )
  await fc.assert(
    fc.asyncProperty(spread, fc.boolean(), async (entries, errorsOnly) => {
      const sorted = entries
        .map((entry, n) => ({ ...entry, text: line(entry.after, { level: entry.isError ? 'ERROR' : 'INFO', n }) }))
        .sort((a, b) => a.after - b.after || a.file - b.file)
      const name = (file: number) => `chatbot.2026-01-1${5 + (file % 3)}.${file}.log${file % 2 === 0 ? '.gz' : ''}`
      const order = [0, 3, 1, 4, 2, 5]
      const files = Object.fromEntries(
        [0, 1, 2, 3, 4, 5].map(file => [name(file), sorted.filter(entry => entry.file === file).map(({ text }) => text)]),
      )
      const wanted = sorted
        .filter(({ isError }) => isError || !errorsOnly)
        .sort((a, b) => a.after - b.after || order.indexOf(a.file) - order.indexOf(b.file))
      const dir = makeLogFolder(t, files)
      t.same(
        (await readAll(dir, errorsOnly ? { level: 'ERROR' } : {})).texts,
        wanted.map(({ text }) => text),
      )
      rmSync(dir, { recursive: true })
    }),
    { numRuns: 40 },
  )
})

t.test('lines that chatbot no longer contains are read from the archives, each once', async t => {
  const old = [line(0, { n: 1 }), line(10, { n: 2, level: 'ERROR' }), line(20, { n: 3 })]
  const held = [line(20, { n: 4 }), line(30, { n: 5, level: 'DEBUG' }), line(40, { n: 6, level: 'CRITICAL' })]
  const all = [...old, ...held]
  const of = (...levels: string[]) => all.filter(text => levels.some(level => text.includes(`"${level}"`)))
  const dir = makeLogFolder(t, {
    'chatbot.2026-01-15.2.log': held,
    'debug.2026-01-15.1.log': of('DEBUG'),
    'info.2026-01-15.1.log.gz': of('INFO'),
    'error.2026-01-15.1.log': of('ERROR', 'CRITICAL'),
    'audit.2026-01-15.1.log': [line(0, { n: 'audit' })],
  })
  t.same((await readAll(dir)).texts, all)
  t.same((await readAll(dir, {}, { stream: 'info' })).texts, of('INFO'))
  t.same((await readAll(dir, { since: START + 25 })).texts, held.slice(1))
  rmSync(join(dir, 'chatbot'), { recursive: true })
  t.same((await readAll(dir)).texts, all, 'the archives together hold everything')
})

t.test('a query is exact: the search in bytes misses no line, however its JSON is escaped', async t => {
  const wanted = [
    line(1, { session_id: 'abc', level: 'ERROR' }),
    `{ "msg": "spaced", "session_id" :  "abc", "level" : "ERROR", "time": "${new Date(START + 2).toISOString()}" }`,
    `{"level":"\\u0045RROR","session_id":"\\u0061bc","msg":"escaped","time":"2026-01-15T15:30:00.003+05:30"}`,
    `{"err":{"time":"1999-01-01T00:00:00.000Z"},"time":"${new Date(START + 4).toISOString()}","session_id":"abc","level":"CRITICAL"}`,
  ]
  const others = [
    line(1, { msg: 'abc' }),
    line(2, { session_id: 'abcd', level: 'ERROR' }),
    line(3, { session_id: 'abc', msg: '"level":"ERROR"' }),
  ]
  const dir = makeLogFolder(t, {
    'chatbot.2026-01-15.1.log': [
      others[0]!,
      wanted[0]!,
      others[1]!,
      wanted[1]!,
      ...wanted.slice(2),
      others[2]!,
      '{"user_id":1.2e1}',
    ],
  })
  const range = { since: START, until: START + 60_000 }
  t.same((await readAll(dir, { ...range, level: 'ERROR', fields: { session_id: ['abc'] } })).texts, wanted)
  t.same((await readAll(dir, { level: 'ERROR', fields: { session_id: ['abc'] } })).texts, wanted)
  t.same((await readAll(dir, { fields: { user_id: ['12'] } })).texts, ['{"user_id":1.2e1}'])
  t.same((await readAll(dir, { pattern: /"spaced"/ })).texts, [wanted[1]])
  t.same((await readAll(dir, { pattern: /SPACED|esc/i })).texts, wanted.slice(1, 3))
})

t.test('a time range includes its ends, and files outside it are not opened', async t => {
  const lines = [0, 1, 2, 3].map(n => line(n))
  const dir = makeLogFolder(t, {
    'chatbot.2026-01-15.1.log': lines,
    'chatbot.2026-01-10.1.log.gz': Buffer.from('no gzip'),
    'chatbot.2026-01-20.1.log.gz': Buffer.from('no gzip'),
  })
  utimesSync(join(dir, 'chatbot/chatbot.2026-01-10.1.log.gz'), 0, 0)
  t.same(await readAll(dir, { since: START + 1, until: START + 2 }), { texts: lines.slice(1, 3), problems: [] })
})

t.test('garbage, invalid UTF-8, CR LF, empty and partial lines do not affect other lines', async t => {
  const good = [line(1), line(2), line(3)]
  const bytes = Buffer.concat([
    Buffer.from([0, 255, 254, 10, 10, 13, 10]),
    Buffer.from(`${good[0]}\r\n[1]\n${'['.repeat(5000)}\n`),
    Buffer.from('{"msg":"'),
    Buffer.from([0xc3, 0x28]),
    Buffer.from(`"}\n${good[1]}\n${good[2]}\n{"level":"INFO","ti`),
  ])
  const dir = makeLogFolder(t, { 'chatbot.2026-01-15.1.log': bytes })
  const { texts } = await readAll(dir)
  t.equal(texts.length, 8)
  t.same(
    texts.filter(text => good.includes(text)),
    good,
  )
  t.same((await readAll(dir, { fields: { module: ['app'] } })).texts, good)
})

t.test('a line of 100 MB is returned in part, and its neighbours completely', async t => {
  const giant = Buffer.alloc(100 * 1024 * 1024, 'x')
  const dir = makeLogFolder(t, {
    'chatbot.2026-01-15.1.log': Buffer.concat([Buffer.from(`${line(1)}\n`), giant, Buffer.from(`\n${line(2)}\n`)]),
  })
  const { texts } = await readAll(dir)
  t.same([texts[0], texts.at(-1)], [line(1), line(2)])
  t.equal(texts.length, 3)
  t.ok(texts[1]!.length <= 512 * 1024)
})

t.test('a damaged compressed file is reported, and read up to the damage', async t => {
  const lines = Array.from({ length: 5000 }, (_, n) => line(n, { n, id: Math.sin(n) }))
  const whole = gzipSync(lines.map(text => `${text}\n`).join(''))
  const dir = makeLogFolder(t, {
    'chatbot.2026-01-15.1.log.gz': whole.subarray(0, -100),
    'chatbot.2026-01-15.2.log': [line(9000)],
  })
  const { texts, problems } = await readAll(dir)
  t.match(problems, [/chatbot\.2026-01-15\.1\.log\.gz: /])
  t.equal(problems.length, 1)
  t.equal(texts.at(-1), line(9000))
})

t.test('times are parsed: relative, ISO 8601, with and without zone', async t => {
  t.same(
    ['15m', '2h', '3d', '2026-01-15', '2026-01-15T10:30', '2026-01-15T10:30:00.5+01:00'].map(text => parseTime(text, START)),
    [START - 900_000, START - 7_200_000, START - 259_200_000, START - 36_000_000, START + 1_800_000, START - 1_799_500],
  )
  for (const text of ['', 'yesterday', '15', '2026-13-45', '-5m', '15m ago', '1e3d'])
    t.equal(parseTime(text, START), undefined, text)
})

t.test('a line that lists several sessions or turns is found by each of them', async t => {
  const listed = line(0, { session_ids: ['s1', 's2'], turn_ids: ['t1', 't2'] })
  const dir = makeLogFolder(t, { 'chatbot.2026-01-15.1.log': [listed, line(10, { session_id: 's3' })] })
  t.same((await readAll(dir, { fields: { session_id: ['s2'] } })).texts, [listed])
  t.same((await readAll(dir, { fields: { turn_id: ['t1'], session_id: ['s1'] } })).texts, [listed])
  t.same((await readAll(dir, { fields: { session_id: ['s4'] } })).texts, [])
})
