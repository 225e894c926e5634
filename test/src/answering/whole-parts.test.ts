import t from 'tap'
import { type Candidate, createCandidate } from '../../../src/answering/candidate.ts'
import { writePassage } from '../../../src/answering/reply/passage-writer.ts'
import { completeQuotes } from '../../../src/answering/reply/selection/completion.ts'
import { skipContents } from '../../../src/answering/reply/selection/contents-list.ts'
import { skipCopies } from '../../../src/answering/reply/selection/copies.ts'
import { chooseFurther, isDominant } from '../../../src/answering/reply/selection/further-section.ts'
import { closeGaps, dropLooseEnds, fillRoom } from '../../../src/answering/reply/selection/remaining-room.ts'
import { closeRun } from '../../../src/answering/reply/selection/run-extent.ts'
import { findRuns } from '../../../src/answering/reply/selection/run-search.ts'
import { FREE, QUOTED, type SelectedPassage, SKIPPED } from '../../../src/answering/reply/selection/selected-passage.ts'
import { Selection } from '../../../src/answering/reply/selection/selection.ts'
import { analyse } from '../../../src/text/analysis.ts'
import { listSegments, tabulateSegments } from '../../../src/text/passages/segment-table.ts'

/** A passage below a heading. Segments with `words` have a term; all have the same probability. */
function candidateOf(text: string, { heading = 'Use', words = /$^/, probability = 1, location = 'd' } = {}): Candidate {
  const score = { search: 0, document: 0, passage: 0, name: 0, segment: 0, place: 0, page: 0, form: 0 }
  const { table } = tabulateSegments(text, analyse(text))
  const cut = listSegments(table)
  const masks = cut.map(({ start, end }) => (words.test(text.slice(start, end)) ? 1 : 0))
  const probabilities = cut.map(() => probability / cut.length)
  return createCandidate({
    ...{ pathMask: 0, mask: 0, covered: 0, headed: 0, probability, table, masks, probabilities, hidden: undefined },
    passage: { documentId: 'd', headings: [heading], location, text } as unknown as Candidate['passage'],
    section: `d\n${heading}`,
    likeliest: { start: 0, end: cut[0]!.end, score },
    shares: masks,
  })
}

/** Opens all passages. */
function openAll(selection: Selection): readonly SelectedPassage[] {
  return selection.candidates.map(candidate => selection.open(candidate))
}

/** Selects of one passage the segments that match. */
function select(candidate: Candidate, start: RegExp): { readonly selection: Selection; readonly passage: SelectedPassage } {
  const selection = new Selection([candidate])
  const passage = selection.open(selection.candidates[0]!)
  for (const [i, segment] of candidate.segments().entries())
    if (start.test(candidate.passage.text.slice(segment.start, segment.end))) selection.quote(passage, i, i)
  return { selection, passage }
}

/** Quotes the segments that match, applies `change`, and returns what is quoted then. */
function quote(
  text: string | Candidate,
  start: RegExp,
  change: (passage: SelectedPassage, selection: Selection) => void,
): readonly string[] {
  const candidate = typeof text === 'string' ? candidateOf(text) : text
  const { selection, passage } = select(candidate, start)
  change(passage, selection)
  return candidate
    .segments()
    .filter((_, i) => passage.states[i] === QUOTED)
    .map(segment => candidate.passage.text.slice(segment.start, segment.end))
}

const MANUAL = [
  'The site has pages. It is served from a folder.',
  'It usually looks like this:',
  '```\nserve /pages\n```',
  'This serves the pages. The log has each page.',
  'To turn the cache off, set a header. The following example does it.',
  'site.conf:',
  '```\ncache off\n```',
  'Then restart the site.',
  'Send mail of errors with the logger.',
  '```\nmail on\n```',
].join('\n\n')

t.test('code comes with the lines that introduce it, or else with the last one', t => {
  const complete = (room: number) => quote(MANUAL, /^cache off/, one => completeQuotes(one, room, false))
  t.same(complete(500), ['To turn the cache off, set a header.', 'The following example does it.', 'site.conf:', 'cache off'])
  t.same(complete(60), ['The following example does it.', 'site.conf:', 'cache off'])
  t.same(complete(10), ['cache off'])
  t.end()
})

t.test('the item of a list that introduces code comes with it', t => {
  const text = `1. Install it.\n2. Start it with:\n\n${'```'}\nserve\n${'```'}`
  const complete = (room: number) => quote(text, /^serve/, one => completeQuotes(one, room, false))
  t.same(complete(100), ['1. Install it.', '2. Start it with:', 'serve'])
  t.same(complete(20), ['2. Start it with:', 'serve'])
  t.end()
})

t.test('a sentence about the code before it comes with that code and its introduction', t => {
  const complete = (room: number) => quote(MANUAL, /^This serves/, one => completeQuotes(one, room, false))
  t.same(complete(500), ['It usually looks like this:', 'serve /pages', 'This serves the pages.'])
  t.same(complete(25), ['serve /pages', 'This serves the pages.'])
  t.end()
})

t.test('a line comes with what it announces, and the text of a task with its code', t => {
  const complete = (start: RegExp, wantsCode: boolean) => quote(MANUAL, start, one => completeQuotes(one, 500, wantsCode))
  t.same(complete(/^It usually/, false), ['It usually looks like this:', 'serve /pages'])
  t.same(complete(/^The following/, false), ['The following example does it.', 'site.conf:', 'cache off'])
  t.same(complete(/^Send mail/, false), ['Send mail of errors with the logger.'])
  t.same(complete(/^Send mail/, true), ['Send mail of errors with the logger.', 'mail on'])
  t.end()
})

t.test('a task gets the first code below what is quoted, if it is near', t => {
  const text = (length: number) => `Install it with apt. It is a service.\n\nStable:\n\n${'```'}\n${'x'.repeat(length)}\n${'```'}`
  const complete = (length: number, wantsCode = true) =>
    quote(text(length), /^Install/, one => completeQuotes(one, 900, wantsCode)).length
  t.equal(complete(500), 4)
  t.equal(complete(500, false), 1)
  t.equal(complete(690), 1)
  t.end()
})

t.test('the error that is asked about comes with the paragraph below it, and its code', t => {
  const text =
    'You may see this:\n\n```\nError: port in use\n```\n\nStop the other program. Or use this:\n\n```\nserve -p 1\n```\n\nMore.'
  const complete = (room: number) => {
    const { passage } = select(candidateOf(text, { words: /Error/ }), /^You may|^Error/)
    completeQuotes(passage, room, true)
    return passage.states.join('')
  }
  t.equal(complete(500), '111110')
  t.equal(complete(45), '111100')
  t.end()
})

t.test('a table of contents is no content, except for a question that asks for a list', t => {
  const list = '- Boil\n- Pour\n- Drink'
  const skip = (text: string, asksForList: boolean) => {
    const pages = [
      candidateOf(text, { heading: 'Tea' }),
      ...['Boil', 'Pour', 'Drink'].map(heading => candidateOf('Do it.', { heading })),
    ]
    const selection = new Selection(pages)
    skipContents(selection, asksForList)
    const [first, ...others] = openAll(selection).map(({ states }) => states.join(''))
    t.same(others, ['0', '0', '0'])
    return first
  }
  t.equal(skip(`Tea is hot.\n\n${list}`, false), '0222')
  t.equal(skip(`Tea is hot.\n\n${list}`, true), '0000')
  t.equal(skip(`Tea is hot.\n\nMenu:\n\n${list}`, true), '02222')
  t.equal(skip(`These are the four steps to tea:\n\n${list}`, false), '0000', 'a list with an introduction')
  t.equal(skip(`Tea is hot.\n\n- Boil\n- Pour\n- Wait`, false), '0000', 'a list of other things')
  t.end()
})

t.test('a reply that would begin in the middle of steps begins with the paragraph before', t => {
  const text = 'Stop the site. Remove its folder.\n\nThen restart the site.'
  const complete = (room: number) => quote(text, /^Then/, one => completeQuotes(one, room, false))
  t.same(complete(100), ['Stop the site.', 'Remove its folder.', 'Then restart the site.'])
  t.same(complete(5), ['Then restart the site.'])
  t.end()
})

t.test('a short table is quoted whole, a long one is not', t => {
  const table = (rows: number) => `| Code | Meaning |\n| --- | --- |\n${'| 1 | Failed |\n'.repeat(rows - 1)}| 2 | Done |`
  const complete = (rows: number) => quote(table(rows), /Done/, one => completeQuotes(one, 500, false))
  t.equal(complete(8).length, 8)
  t.equal(complete(9).length, 1)
  t.end()
})

t.test('a short part between two quoted ones is quoted, a long one is not', t => {
  const close = (length: number) =>
    quote(`Boil water.\n\n${'x'.repeat(length)}.\n\nPour tea.`, /water|tea/, (_, selection) => closeGaps(selection, 500))
  t.equal(close(200).length, 3)
  t.equal(close(400).length, 2)
  t.end()
})

t.test('remaining room is filled from the first section on, and never ends with an announcement', t => {
  const candidates = ['One', 'Two'].map(heading => candidateOf('Boil water. Add tea.\n\nDrink it with:\n\n- milk', { heading }))
  const fill = (room: number) => {
    const selection = new Selection(candidates)
    for (const passage of openAll(selection).toReversed()) selection.quote(passage, 0, 0)
    fillRoom(selection, room)
    return openAll(selection).map(({ states }) => states.join(''))
  }
  t.same(fill(10), ['1000', '1100'])
  t.same(fill(20), ['1100', '1100'])
  t.same(fill(50), ['1100', '1111'])
  t.end()
})

t.test('a line that announces what is not quoted is dropped, unless it is the likeliest', t => {
  const drop = (start: RegExp) => quote(unevenly(candidateOf(MANUAL)), start, (_, selection) => dropLooseEnds(selection))
  t.same(drop(/pages\.$|usually/), ['The site has pages.', 'This serves the pages.'])
  t.same(drop(/usually/), ['It usually looks like this:'])
  t.same(drop(/usually|serve \/pages/), ['It usually looks like this:', 'serve /pages'])
  t.end()
})

/** Gives the first segments of a passage a greater probability. */
function unevenly(candidate: Candidate): Candidate {
  return createCandidate({ ...candidate, probabilities: candidate.probabilities.map((_, i) => 1 / (i + 1)) })
}

t.test('a run is continued to the end of its paragraph, if that is near', t => {
  const close = (length: number) =>
    quote(`Boil water. ${'X'.repeat(length)}.\n\nAdd tea.`, /Boil/, passage => closeRun({ passage, first: 0, last: 0 }, 500))
  t.equal(close(80).length, 2)
  t.equal(close(120).length, 1)
  t.end()
})

t.test('a mark shows that what a sentence refers to is not quoted', t => {
  const first = passageOf(0, 'Boil water.\n\nThen add tea. This makes tea.\n\nIt is hot.')
  const second = passageOf(1, 'Then drink it.')
  const write = (one: Candidate, start: RegExp, previous?: Candidate) => {
    const quoted = one.segments().filter(segment => start.test(one.passage.text.slice(segment.start, segment.end)))
    const before = previous && { candidate: previous, segments: previous.segments() }
    return writePassage({ candidate: one, segments: quoted }, before, new Set()).text
  }
  t.equal(write(first, /Boil|Then/), 'Boil water.\n\nThen add tea.')
  t.equal(write(first, /Then/), '…\n\nThen add tea.')
  t.equal(write(first, /Boil|This/), 'Boil water.\n\n…\n\nThis makes tea.')
  t.equal(write(first, /hot/), 'It is hot.')
  t.equal(write(second, /Then/), '…\n\nThen drink it.')
  t.equal(write(second, /Then/, first), 'Then drink it.')
  t.equal(write(passageOf(1, '3. Drink it.'), /Drink/), '…\n\n3. Drink it.')
  t.equal(write(passageOf(1, '1. Drink it.'), /Drink/), '1. Drink it.')
  t.end()
})

/** A passage of a section. */
function passageOf(ordinal: number, text: string): Candidate {
  const candidate = candidateOf(text)
  return { ...candidate, passage: { ...candidate.passage, ordinal, before: ordinal === 0 ? undefined : 'The passage before.' } }
}

t.test('a further section needs a term that is not quoted yet, or a third of the probability', t => {
  const further = (text: string, probability: number, location = 'd', quoted = /tea/) => {
    const first = candidateOf('Boil water for tea.', { words: quoted })
    const selection = new Selection([first, candidateOf(text, { heading: 'Other', words: /tea|milk/, probability, location })])
    selection.quote(selection.open(selection.candidates[0]!), 0, 0)
    const { run, beside } = chooseFurther(selection, findRuns(selection, 500), 1, 0.25)
    t.same(beside, run === undefined ? ['d\nOther'] : [])
    t.equal(selection.open(selection.candidates[1]!).states[0], FREE, 'the caller skips it')
    return run !== undefined
  }
  t.notOk(further('Tea is tea.', 0.3))
  t.ok(further('Tea is tea.', 0.4))
  t.ok(further('Tea is tea.', 0.3, 'd', /coffee/))
  t.notOk(further('Tea is tea.', 0.4, 'docs/CHANGELOG.md#1.0'), 'a change log')
  t.end()
})

t.test('runs are the likeliest that fit, with the beginning of their block, one of each passage', t => {
  const text = `Boil water. Add tea. Wait.\n\nServe:\n\n${'```'}\n${'x'.repeat(70)}\n${'```'}\n\nDrink it.`
  const find = (room: number, skipped?: number) => {
    const selection = new Selection([candidateOf(text), candidateOf('Tea.', { heading: 'Other', probability: 0.1 })])
    if (skipped !== undefined) selection.open(selection.candidates[0]!).states[skipped] = SKIPPED
    return [...findRuns(selection, 50 + room)].map(({ first, last, probability }) => [first, last, Math.round(probability * 60)])
  }
  t.same(find(500), [
    [0, 5, 60],
    [0, 0, 6],
  ])
  t.same(find(500, 3), [
    [0, 2, 30],
    [0, 0, 6],
  ])
  t.same(find(30), [
    [0, 2, 30],
    [0, 0, 6],
  ])
  t.same(find(20), [
    [0, 1, 20],
    [0, 0, 6],
  ])
  t.same(find(5), [
    [2, 2, 10],
    [0, 0, 6],
  ])
  t.same(find(2), [])
  t.end()
})

t.test('a copy of a quoted sentence is skipped, except for a line that announces something', t => {
  const selection = new Selection([
    candidateOf('Boil **water**. Example:'),
    candidateOf('Example: boil WATER!\n\nBoil water. Example:'),
  ])
  const [first, second] = openAll(selection)
  selection.quote(first!, 0, 1)
  skipCopies(selection, first!)
  t.same([...second!.states], [FREE, SKIPPED, FREE])
  t.end()
})

t.test('a passage is dominant if no other one has a quarter of its probability', t => {
  const first = candidateOf('Boil water.')
  t.ok(isDominant([first, candidateOf('Tea.', { probability: 0.2 })], first))
  t.notOk(isDominant([first, candidateOf('Tea.', { probability: 0.3 })], first))
  t.end()
})

t.test('what is spent has the headings and the text between neighbours', t => {
  const candidate = candidateOf('Boil water.\n\nAdd tea.')
  t.equal(select(candidate, /./).selection.spent, 50 + 11 + 2 + 10)
  t.equal(select(candidate, /^Add/).selection.spent, 50 + 8 + 2)
  t.equal(select(candidate, /$^/).selection.spent, 0)
  t.end()
})
