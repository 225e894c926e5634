import fc from 'fast-check'
import t from 'tap'
import { defineCommand } from '../../../../src/commands/command.ts'
import { COMMANDS, commandTable } from '../../../../src/commands/command-table.ts'
import { parseMessage } from '../../../../src/commands/parsing/command-parser.ts'
import { reply } from '../../../../src/reply-text.ts'

/** A command table with one argument of each kind. */
const order = defineCommand({
  name: 'order',
  aliases: ['o', 'buy'],
  summary: 'Orders something.',
  arguments: [
    { name: 'what', type: 'text', required: true, summary: 'What.' },
    { name: 'count', type: 'integer', min: -5, max: 20, default: 1, summary: 'How many.' },
    { name: 'size', type: 'choice', choices: ['small', 'large'], summary: 'How big.' },
    { name: 'note', type: 'text', rest: 'unquoted', summary: 'Anything else.' },
  ],
  example: '/order tea',
  run: ({ what, count, size, note }) => ({ response: reply`${count} ${size ?? 'usual'} ${what} ${note ?? ''}` }),
})

const parseOrder = (line: string) => parseMessage(line, [order])

function argsOf(line: string) {
  const parsed = parseOrder(line)
  return parsed.kind === 'command' ? parsed.args : parsed
}

function problemOf(line: string, commands = [order]) {
  const parsed = parseMessage(line, commands)
  return parsed.kind === 'command-error' ? parsed.problem : parsed
}

t.test('a message without a leading slash is a question, unchanged', async t => {
  for (const text of ['', ' ', 'how do I add documents?', '  and /help?  ', 'a/b', '\\/help', '\0/help', '\u2215help']) {
    t.same(parseMessage(text), { kind: 'question', text })
  }
})

t.test('two slashes start a question with one slash', async t => {
  t.same(parseMessage('//etc/hosts: what is it?'), { kind: 'question', text: '/etc/hosts: what is it?' })
  t.same(parseMessage('  //help'), { kind: 'question', text: '/help' })
  t.same(parseMessage('/users/me is not found'), { kind: 'question', text: '/users/me is not found' })
  t.same(parseMessage('/robots.txt'), { kind: 'question', text: '/robots.txt' })
  t.same(parseMessage('//'), { kind: 'question', text: '/' })
  t.same(parseMessage('///'), { kind: 'question', text: '//' })
})

t.test('a command is found by name or alias, in any case, after leading white space', async t => {
  for (const line of ['/order tea', '/ORDER tea', '/o tea', '/Buy tea', ' \t\n/order\ntea\n']) {
    t.match(
      parseOrder(line),
      { kind: 'command', command: { name: 'order' }, args: { what: 'tea', count: 1 }, argumentCount: 1 },
      line,
    )
  }
})

t.test('arguments are given by position or by name, in any order; names ignore case', async t => {
  const expected = { what: 'tea', count: 3, size: 'large' }
  for (const line of [
    '/order tea 3 large',
    '/order --count 3 tea large',
    '/order --size=large --count=3 --what=tea',
    '/order tea --SIZE LARGE +3',
    '/order --what "tea" --count= 3 --size=large',
  ]) {
    t.same(argsOf(line), expected, line)
  }
  t.same(argsOf('/order tea -5'), { what: 'tea', count: -5 }, 'one dash is no name')
})

t.test('quotes group words, and a backslash in them escapes a quote', async t => {
  const cases: Record<string, string> = {
    '"green tea"': 'green tea',
    "'green tea'": 'green tea',
    '--what="green tea"': 'green tea',
    '"a \\"fine\\" tea"': 'a "fine" tea',
    "'it\\'s'": "it's",
    '"C:\\temp\\\\"': 'C:\\temp\\',
    "don't": "don't",
    'a"b': 'a"b',
    'C:\\temp': 'C:\\temp',
    '"--count"': '--count',
  }
  for (const [written, what] of Object.entries(cases)) t.same(argsOf(`/order ${written}`), { what, count: 1 }, written)
})

t.test('the rest of a message needs no quotes; quotes around all of it are removed', async t => {
  const cases: Record<string, string> = {
    "it's   for me": "it's   for me",
    '"all of it"': 'all of it',
    '"some" of it': '"some" of it',
    '"no end': '"no end',
    'use --force, or --count=3': 'use --force, or --count=3',
    '--force it': '--force it',
    '--note "just this"': 'just this',
  }
  for (const [written, note] of Object.entries(cases)) t.match(argsOf(`/order tea 2 small ${written}`), { note }, written)
  t.match(parseMessage('/search "exact phrase"'), { args: { query: '"exact phrase"' } }, 'a query keeps its quotes')
})

t.test('a problem is reported as a value without the text of an argument', async t => {
  const cases = {
    '/order': 'missing_argument',
    '/order --what': 'missing_argument',
    '/order --what=': 'missing_argument',
    '/order ""': 'invalid_argument',
    '/order tea 21': 'invalid_argument',
    '/order tea -6': 'invalid_argument',
    '/order tea 1.5': 'invalid_argument',
    '/order tea 0x10': 'invalid_argument',
    '/order tea 99999999999999999999': 'invalid_argument',
    '/order tea ٣': 'invalid_argument',
    '/order tea 1 medium': 'invalid_argument',
    '/order tea 1 constructor': 'invalid_argument',
    '/order "tea': 'unbalanced_quotes',
    "/order 'tea\\'": 'unbalanced_quotes',
    '/order --what="tea': 'unbalanced_quotes',
    '/order --colour red': 'unknown_argument',
    '/order --__proto__ x': 'unknown_argument',
    '/order -- x': 'unknown_argument',
    '/order --what tea --what tea': 'repeated_argument',
    '/sell tea': 'unknown_command',
    '/': 'unknown_command',
    '/ order tea': 'unknown_command',
    '/__proto__': 'unknown_command',
  }
  for (const [line, problem] of Object.entries(cases)) t.equal(problemOf(line), problem, line)
  t.equal(problemOf('/history 5 6', [...COMMANDS]), 'unexpected_argument')
  const { response, suggestions, ...facts } = Object(parseOrder('/order tea secret'))
  t.same(facts, { kind: 'command-error', command: 'order', problem: 'invalid_argument', argumentCount: 1 })
  t.equal(
    response.text,
    'COUNT must be a whole number from -5 to 20, not "secret".\nUsage: /order WHAT [COUNT] [small|large] [NOTE]\nExample: /order tea',
  )
  t.same(suggestions, ['/help order'])
})

t.test('a mistyped name suggests the closest command; a path suggests the escape', async t => {
  t.match(parseMessage('/histroy 3'), {
    problem: 'unknown_command',
    suggestions: ['/history'],
    response: { text: /Did you mean \/history\?/ },
  })
  t.match(parseMessage('/explian'), { suggestions: ['/why'] })
  t.match(parseMessage('/history --nn 3'), { response: { text: /There is no argument "--nn"\. Did you mean --n\?/ } })
  t.match(parseMessage('/etc what is it'), { suggestions: ['/help'], response: { text: /starts with a slash, write two/ } })
  t.equal('command' in parseMessage('/my-secret'), false, 'the facts do not contain the input')
})

t.test('quoted text in a reply is short and has no control characters', async t => {
  for (const line of [
    `/${'x'.repeat(100_000)}`,
    `/history ${'\u001b[2J\u0007'.repeat(1000)}`,
    `/history "${'😀'.repeat(10_000)}`,
  ]) {
    const parsed = parseMessage(line)
    const response = parsed.kind === 'command-error' ? parsed.response.text : ''
    t.ok(response.length > 0 && response.length < 300)
    t.notMatch(response, /[\p{Cc}--\n]/v)
    t.ok(response.isWellFormed())
  }
})

t.test('parsing never throws', async t => {
  const names = COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases])
  const piece = fc.oneof(
    fc.constantFrom(
      '/',
      '//',
      '"',
      "'",
      '\\',
      '--',
      '=',
      ' ',
      '\n',
      '\0',
      '\uD800',
      '--n',
      '--query=',
      '__proto__',
      'on',
      'good',
      '5',
    ),
    fc.constantFrom(...names),
    fc.string({ unit: 'binary', maxLength: 6 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, isCommand) => {
      const text = (isCommand ? '/' : '') + pieces.join('')
      const parsed = parseMessage(text)
      if (parsed.kind === 'question') return text.trim().startsWith('//') || parsed.text === text
      return parsed.kind === 'command' ? parsed.argumentCount >= 0 : parsed.response.text !== '' && parsed.suggestions.length > 0
    }),
    { numRuns: 3000 },
  )
  t.pass()
})

t.test('a quoted text is parsed to itself', async t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('"', "'"), (text, mark) => {
      fc.pre(text.trim() !== '')
      const args = argsOf(`/order ${mark}${text.replace(/["'\\]/g, '\\$&')}${mark}`)
      return 'what' in args && args.what === text
    }),
    { numRuns: 1000 },
  )
  t.pass()
})

t.test('parsing takes linear time', async t => {
  const long = 300_000
  const hostile = [
    '/',
    '"',
    "/feedback bad '\\",
    '/history ',
    '/history --',
    '/history "" ',
    '/order --what=',
    ' /',
    '/search -- ',
  ].map(start => start + start.slice(-2).repeat(long))
  // Quadratic work on 600,000 characters would exceed the time limit of the test file.
  for (const text of hostile) t.ok(parseMessage(text))
})

t.test('names and aliases are unique, and every command is fully declared', async t => {
  const names = COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases])
  t.equal(new Set(names).size, names.length)
  for (const command of COMMANDS) {
    t.equal(command.name, command.name.toLowerCase())
    t.ok(command.summary.endsWith('.') && command.aliases.length > 0)
    t.match(parseMessage(command.example), { kind: 'command', command: { name: command.name } }, `${command.example} works`)
    t.ok(
      command.arguments.slice(0, -1).every(spec => spec.type !== 'text' || spec.rest === undefined),
      'only the last argument takes the rest',
    )
  }
  t.same(
    commandTable().map(({ usage }) => usage),
    [
      '/help [COMMAND]',
      '/search QUERY',
      '/sources',
      '/why',
      '/history [N]',
      '/status',
      '/clear',
      '/forget',
      '/feedback good|bad [COMMENT]',
    ],
  )
  t.match(commandTable()[4], { aliases: ['/hist'], example: '/history 5' })
})
