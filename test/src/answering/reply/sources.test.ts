import t from 'tap'
import { ask, SESSIONS, TAR, TOWER } from '../../../worlds/answer-pages.ts'

t.test('a source is cut to the text around the quotation, between words', async t => {
  const text = `${'Before. '.repeat(400)}The answer is forty-two. ${'After. '.repeat(400)}`
  const { sources } = await ask('what is the answer', [{ title: 'Long', text }])
  t.match(sources[0]!.passage, /^… Before\. .*The answer is forty-two\. .* After\. …$/)
  t.ok(sources[0]!.passage.length <= 2000)
})

t.test('a source has title, location, the text around the quotation, and the search score', async t => {
  const { sources } = await ask('how tall is the Eiffel tower?', [
    TAR,
    { ...TOWER, location: 'https://example.com/tower#height' },
  ])
  t.match(sources[0], { title: 'Eiffel Tower', location: 'https://example.com/tower#height', passage: '330 metres' })
  t.ok(sources[0]!.score > 0)
})

t.test('passages of one location are one source, and there are at most five sources', async t => {
  const twins = await ask(
    'how tall is the Eiffel tower?',
    [TOWER, TOWER].map(page => ({ ...page, location: 'tower' })),
  )
  t.equal(twins.sources.length, 1)
  const many = await ask('how tall is the Eiffel tower?', Array(9).fill(TOWER))
  t.equal(many.sources.length, 5)
})

t.test('highlights are the quoted ranges of a source’s passage', async t => {
  const text = `${'Before it. '.repeat(300)}\n\nThe answer is forty-two.\n\n${'After it. '.repeat(300)}`
  const { sources, response } = await ask('what is the answer', [{ title: 'Long', text }])
  const marked = sources[0]!.highlights!.map(({ start, end }) => sources[0]!.passage.slice(start, end))
  t.ok(
    marked.some(part => part.includes('The answer is forty-two.')),
    marked[0]!,
  )
  for (const sentence of marked.join(' ').split(/(?<=\.)\s+/)) t.ok(response.includes(sentence), sentence)
})

t.test('a quoted range that a passage shows in part ends before the ellipsis', async t => {
  const filler = 'It is on the Champ de Mars in Paris, and open on most days. '.repeat(29)
  const count = (where: string) => `Count each rivet of the tower ${where}, from the lowest beam of the tower to the highest one.`
  const text = `${count('in spring')}\n\n${filler}\n\n${count('in autumn')} ${count('in winter, when it is closed')}`
  const { sources } = await ask('how do I count each rivet of the tower', [{ title: 'Rivets', text }, TAR, SESSIONS])
  const [{ passage, highlights = [] }] = sources as [(typeof sources)[0]]
  t.match(passage, / …$/)
  t.equal(highlights.length, 2)
  for (const { start, end } of highlights) t.notMatch(passage.slice(start, end), '…')
})

t.test('the origin of a source says which parts of which passages its text is', async t => {
  const filler = 'Sessions are kept in a table, and the table is on disk. '.repeat(30)
  const section = [0, 1, 2, 4].map(ordinal => ({
    documentId: 'd',
    ordinal,
    title: 'Manual',
    location: 'd#sessions',
    text: `${ordinal === 1 ? 'A session lives for one hour 😀. ' : ''}${filler}\n\nThe tail of ${ordinal} is here.`,
  }))
  for (const question of ['how long does a session live?', 'where is the tail of 4', 'sessions table disk']) {
    const { sources } = await ask(question, section, 0)
    t.ok(sources.length > 0)
    for (const { origin, passage } of sources) {
      const pieces = origin?.pieces.map(piece => {
        if (typeof piece === 'string') return piece
        return section.find(({ ordinal }) => ordinal === piece.ordinal)?.text.slice(piece.start, piece.end)
      })
      t.equal(pieces?.join(''), passage, question)
      t.equal(origin?.documentId, 'd')
    }
  }
})
