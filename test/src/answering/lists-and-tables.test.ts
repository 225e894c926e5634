import t from 'tap'
import type { Listing } from '../../../src/knowledge/document.ts'
import { answerFrom } from '../../worlds/answer-world.ts'

/** Asks a question about one page. */
async function ask(question: string, title: string, text: string, listing?: Listing) {
  const { response } = await answerFrom(question, [{ title, text, ...(listing && { listing }) }])
  return { markdown: response.text, plain: response.plain, toLog: response.toLog }
}

const LIMITS = '| Limit | Value |\n| --- | --- |\n| Pods | 110 |\n| ConfigMap size | 1 MiB |\n| Nodes | 5000 |'

const MORE_ROWS = Array.from({ length: 8 }, (_, i) => `| Limit ${'abcdefgh'[i]} | ${i} |`).join('\n')

t.test('of a table, the header and the matching rows are quoted, and a mark for the others', async t => {
  const { markdown, plain } = await ask('maximum size of a ConfigMap', 'Limits', `${LIMITS}\n${MORE_ROWS}`)
  t.match(markdown, '| Limit | Value |\n| --- | --- |\n| ConfigMap size | 1 MiB |\n| … |\n')
  t.match(plain, 'Limit | Value\nConfigMap size | 1 MiB\n…\n')
})

t.test('a short table is quoted whole, without a mark', async t => {
  for (const question of ['what are the limits?', 'maximum size of a ConfigMap']) {
    const { markdown } = await ask(question, 'Limits', LIMITS)
    t.match(markdown, '| Pods | 110 |\n| ConfigMap size | 1 MiB |\n| Nodes | 5000 |\n\n', question)
    t.notMatch(markdown, '…', question)
  }
})

t.test('the row whose first cell is in the question is quoted, even if that is a digit', async t => {
  const codes = [...'0123456789'].map(code => `| ${code} | ${code === '1' ? 'Startup failed' : 'The exit code of jobs'} |`)
  const { markdown } = await ask('what does exit code 1 mean', 'Codes', `| Code | Meaning |\n| --- | --- |\n${codes.join('\n')}`)
  t.match(markdown, '| 1 | Startup failed |')
})

t.test('a row with a frequent word of the question does not match beside one with its rare words', async t => {
  const rows = ['brew', 'cup', 'kettle', 'pot', 'lid', 'tray', 'spoon', 'milk', 'sugar', 'mat'].map(
    name => `| --${name} | The option for the ${name}. |`,
  )
  const text = `| Option | Description |\n| --- | --- |\n${rows.join('\n')}`
  const { markdown } = await ask('what is the flag for the kettle', 'Tea', text)
  t.match(markdown, '| --kettle |')
  t.notMatch(markdown, '--cup')
})

const FLAGS = [
  'rate',
  'limit',
  'query-size',
  'query.max-samples',
  'query.timeout',
  'lookback',
  'port',
  'host',
  'path',
  'query.limit',
]
  .map(name => `| --${name} | ${'The most samples that a query of this kind may load, and more. '.repeat(4)} | ${name.length} |`)
  .join('\n')

t.test('the row of the flag that is asked about is quoted, with its short columns', async t => {
  for (const question of ['what does --query.max-samples do?', 'query.max-samples default']) {
    const { markdown } = await ask(question, 'Flags', `| Flag | Description | Default |\n| --- | --- | --- |\n${FLAGS}`)
    t.match(markdown, /\| --query\.max-samples \| [^|]+ \| 17 \|/, question)
  }
})

const WIDE = [
  '| Plan | Price | Users | Storage | Support | Regions |',
  '| --- | --- | --- | --- | --- | --- |',
  '| Starter | 5 EUR | 1 | 10 GB | by mail | one |',
  '| Business | 50 EUR | 100 | 1 TB | by phone | a \\| b |',
].join('\n')

t.test('of a wide table, the first column and those that the question names are quoted', async t => {
  const { markdown, plain } = await ask('how much storage has the Business plan', 'Plans', WIDE)
  t.match(markdown, '| Plan | Storage | … |\n| --- | --- | --- |\n| Starter | 10 GB | |\n| Business | 1 TB | |\n\n')
  t.match(plain, 'Plan | Storage | …\nStarter | 10 GB\nBusiness | 1 TB\n')
})

t.test('a column whose cell matches is quoted', async t => {
  const { markdown } = await ask('which plan has help by phone', 'Plans', WIDE)
  t.match(markdown, '| Plan | Support | … |\n| --- | --- | --- |\n| Starter | by mail | |\n| Business | by phone | |')
})

t.test('of a wide table without such a column, the first columns are quoted, in whole cells', async t => {
  const { markdown } = await ask('Business plan', 'Plans', WIDE)
  t.match(
    markdown,
    '| Plan | Price | Users | Storage | … |\n| --- | --- | --- | --- | --- |\n| Starter | 5 EUR | 1 | 10 GB | |\n| Business | 50 EUR | 100 | 1 TB | |',
  )
  const long = 'word '.repeat(22).trim()
  const text = `| Name | Text | More |\n| --- | --- | --- |\n| kettle | ${long} | ${long} |\n| pot | x | y |`
  t.match((await ask('the kettle', 'Kitchen', text)).markdown, `| Name | Text | … |\n| --- | --- | --- |\n| kettle | ${long} | |`)
})

t.test('an escaped bar does not divide cells', async t => {
  const { markdown } = await ask('regions of the Business plan', 'Plans', WIDE)
  t.match(markdown, '| Plan | Regions | … |\n| --- | --- | --- |\n| Starter | one | |\n| Business | a \\| b | |')
})

t.test('a list that is quoted in part has a mark where items are left out', async t => {
  const items = Array.from(
    { length: 40 },
    (_, i) => `- Step ${i} ${i === 20 ? 'rinses the kettle' : 'is described elsewhere, at length'}.`,
  )
  const { markdown, plain } = await ask('what rinses the kettle', 'Tea', items.join('\n'))
  t.match(markdown, /^\*\*Tea\*\*\n\n…\n\n- Step/)
  t.match(markdown, /elsewhere, at length\.\n\n…\n\nRead more/)
  t.match(plain, /^Tea\n\n…\n\n- Step/)
})

t.test('a list that is quoted whole has no mark', async t => {
  const { markdown } = await ask('how do I make tea', 'Make tea', 'To make tea:\n\n1. Boil water.\n2. Pour it.\n3. Wait.')
  t.match(markdown, '1. Boil water.\n2. Pour it.\n3. Wait.\n\nRead more')
})

t.test('long code is one block, and a mark after it says that the rest is left out', async t => {
  const lines = Array.from({ length: 90 }, (_, i) => `brew --cup ${i} --water 200;`)
  const { markdown, plain } = await ask(
    'how do I brew many cups',
    'Brew cups',
    `Brew many cups:\n\n\`\`\`sh\n${lines.join('\n')}\n\`\`\``,
  )
  t.equal(markdown.match(/```/g)?.length, 2, markdown)
  t.match(markdown, /--water 200;\n```\n\n…\n\nRead more/)
  t.match(plain, /--water 200;\n\n…\n\nRead more/)
  const short = lines.slice(0, 30)
  const whole = await ask('how do I brew many cups', 'Brew cups', `Brew many cups:\n\n\`\`\`sh\n${short.join('\n')}\n\`\`\``)
  t.match(whole.markdown, `\`\`\`sh\n${short.join('\n')}\n\`\`\`\n\nRead more`)
})

t.test('a nested item is quoted below the items around it', async t => {
  const cups = (tea: string) =>
    Array.from({ length: 14 }, (_, i) => `    - Cup ${i} of ${tea}, described elsewhere at great length.`)
  const lists = ['green', 'white'].flatMap(tea => [`  - ${tea}:`, ...cups(tea)])
  const { markdown } = await ask(
    'rinse the kettle',
    'Tea',
    ['- Kinds of tea', ...lists, '    - Rinse the kettle first.'].join('\n'),
  )
  t.match(markdown, '- Kinds of tea\n\n…\n\n  - white:\n')
  t.match(markdown, '\n    - Rinse the kettle first.\n')
  t.notMatch(markdown, 'green')
})

t.test('a part of a numbered list keeps its numbers, and repeated numbers are counted', async t => {
  const steps = (mark: (i: number) => string) =>
    Array.from({ length: 30 }, (_, i) => {
      const text = i === 19 ? 'Rinse the kettle with vinegar.' : 'Do what is described elsewhere, at great length.'
      return `${mark(i)} ${text}`
    }).join('\n')
  const numbered = await ask(
    'rinse the kettle with vinegar',
    'Tea',
    steps(i => `${i + 1}.`),
  )
  t.match(numbered.markdown, '\n20. Rinse the kettle')
  const repeated = await ask(
    'rinse the kettle with vinegar',
    'Tea',
    steps(() => '1.'),
  )
  t.match(repeated.markdown, '\n20. Rinse the kettle')
})

const MATCHERS = Array.from(
  { length: 9 },
  (_, i) => `| kettle${i} | Selects the kettles of size ${i}, described at some length. |`,
)
const KETTLES = `Kettles are selected by rules. ${'A rule may be long. '.repeat(20)}\n\nThe matchers:\n\n| Matcher | Effect |\n| --- | --- |\n`

t.test('a question that asks for a list gets the whole table or list, if it fits', async t => {
  const text = `${KETTLES}${MATCHERS.join('\n')}\n| teapot | For all other pots and matchers. |`
  for (const question of [
    'list all matchers of kettles',
    'which matchers are available',
    'which matchers do we have',
    'welche matchers gibt es',
  ]) {
    const { markdown } = await ask(question, 'Kettles', text)
    for (const row of MATCHERS) t.ok(markdown.includes(row), `${question}: ${row}`)
    t.notMatch(markdown, '| … |')
  }
  const { markdown } = await ask('which matcher is for all other pots', 'Kettles', text)
  t.match(markdown, '| teapot | For all other pots and matchers. |\n| … |', 'other questions get the rows that match')
  const items = MATCHERS.map(row => `- ${row.replaceAll('|', '').trim()}`).join('\n')
  const list = await ask(
    'which matchers are there',
    'Kettles',
    `${'No rule is best. '.repeat(30)}\n\nThese matchers exist.\n\n${items}`,
  )
  t.match(list.markdown, items)
})

t.test('a list after the line that ends a run is quoted whole', async t => {
  const items = ['wrr', 'p2c', 'hrw', 'ewma'].map(
    name => `- ${name}: ${'it is described by this line, '.repeat(5)}as others are.`,
  )
  const before = 'The kettle has balancing strategies of its own, each of which heats the kettle in its way. '.repeat(2)
  const text = `${before}Balancing strategies of the kettle:\n\n${items.join('\n')}\n\n${'Other text follows here. '.repeat(60)}`
  const { markdown } = await ask('balancing strategies of the kettle', 'Kettles', text)
  t.match(markdown, items.join('\n'))
})

t.test('the text without markup has none, and the log no part of a document that redaction would change', async t => {
  const table = '| Flag | Meaning |\n| --- | --- |\n| a\\|b | chooses the tea |'
  const { markdown, plain } = await ask('which flag chooses the tea', 'Use <flag> here', table)
  t.match(markdown, 'Use `<flag>` here')
  t.match(plain, /^Use <flag> here\n/)
  t.match(plain, 'a|b | chooses the tea')
  const { toLog } = await ask('how do i brew tea', 'Tea', 'Brew tea:\n\n```4111111111111111\nbrew tea\n```')
  t.notMatch(
    toLog(text => text.replace(/4{1}1{15}/, '[card]')),
    '4111111111111111',
  )
})

t.test('one mark is between two lists of which the end and the beginning are left out', async t => {
  const others = (name: string) =>
    Array.from({ length: 12 }, (_, i) => `- The ${name} number ${i} ${'is described at length '.repeat(4)}here.`)
  const text = [
    ['- The kettle boils the water of the samovar.', ...others('spoon')].join('\n'),
    'Another list of things follows here.',
    [...others('plate'), '- The samovar holds the water of the kettle.'].join('\n'),
  ]
  const { markdown } = await ask('kettle water samovar', 'Tea', text.join('\n\n'))
  t.match(markdown, /- The kettle boils[^…]*\n\n…\n\n[^…]*- The samovar holds/)
})

t.test('a question for a list gets the names of the parts of a section', async t => {
  const listing: Listing = { of: 'parts', names: ['Green tea', 'Black tea', '<Herbs>'] }
  const { markdown, plain, toLog } = await ask(
    'which kinds of tea are there',
    'Kinds of tea',
    'Each kind is described below.',
    listing,
  )
  t.match(markdown, 'Each kind is described below.\n\n- Green tea\n- Black tea\n- `<Herbs>`')
  t.match(plain, '- Green tea\n- Black tea\n- <Herbs>')
  t.notMatch(
    toLog(same => same),
    'Black tea',
  )
  t.notMatch(
    (await ask('how are the kinds of tea described', 'Kinds of tea', 'Each kind is described below.', listing)).plain,
    'Green',
  )
})

t.test('a list that is too long or divided is shown by the names of its items', async t => {
  const items = Array.from({ length: 9 }, (_, i) => `- sort ${i}: ${'It grows in the hills. '.repeat(6).trim()}`)
  const long = await ask('which teas are there', 'Teas', `These are grown:\n\n${items.join('\n')}`)
  t.match(long.plain, 'These are grown:\n\n- sort 0\n- sort 1\n')
  t.match(long.plain, '- sort 8')
  const names = Array.from({ length: 100 }, (_, i) => `sort ${i} of the hills`)
  const divided = await ask('which teas are there', 'Teas', '- sort 98 of the hills\n- sort 99 of the hills', {
    of: 'steps',
    names,
  })
  t.match(divided.plain, '1. sort 0 of the hills\n2. sort 1 of the hills\n')
  t.match(divided.plain, /\n\n…\n\nRead more/)
})
