import fc from 'fast-check'
import t from 'tap'
import { createSearchEngine } from '../../../src/search/passage-search.ts'
import { parseSyntax } from '../../../src/search/query-syntax.ts'
import type { SearchEngine } from '../../../src/search/search-engine.ts'
import { tldrPages } from './plain-words.ts'

function engineOf(texts: Readonly<Record<string, string>>): SearchEngine {
  const engine = createSearchEngine()
  for (const [id, text] of Object.entries(texts)) engine.replace(id, id, [{ ordinal: 0, headings: [], text }])
  return engine
}

const found = (engine: SearchEngine, query: string) => engine.search(query, 10, { syntax: true }).hits.map(hit => hit.documentId)

t.test('a query is taken apart into text, phrases and excluded words', async t => {
  t.same(parseSyntax('tar "create an archive" -gzip files'), {
    text: 'tar  create an archive    files',
    required: [['creat', 'an', 'archiv']],
    excluded: [['gzip']],
    beginning: 'files',
  })
  t.match(parseSyntax('-"two words" one '), { required: [], excluded: [['two', 'word']], beginning: undefined })
  t.match(
    parseSyntax('well-known e-mail'),
    { required: [], excluded: [], text: 'well-known e-mail' },
    'a dash within a word is a letter',
  )
  for (const odd of ['"', '""', '-', '--', '- x', '"never closed', '"-"'])
    t.match(parseSyntax(odd), { required: [], excluded: [] }, odd)
})

t.test('a phrase stands in every hit, an excluded word in none', async t => {
  const engine = engineOf({
    phrase: 'how to create an archive with tar',
    apart: 'an archive that create made, with tar',
    gzip: 'create an archive with tar and gzip',
  })
  t.same(found(engine, '"create an archive"').sort(), ['gzip', 'phrase'])
  t.same(found(engine, '"create an archive" -gzip'), ['phrase'])
  t.same(found(engine, 'archive -create'), [])
  t.same(found(engine, '"no such words" archive'), [])
  t.equal(engine.search('"create an archive" -gzip', 10).hits.length, 3, 'outside search syntax it is all text')
})

t.test('the last word may be the beginning of one', async t => {
  const engine = engineOf({ a: 'configuration of servers', b: 'nothing of it' })
  t.same(found(engine, 'configur'), ['a'])
  t.same(found(engine, 'confi'), ['a'])
  t.same(found(engine, 'confi '), [], 'a space ends it')
  t.equal(engine.search('confi', 10).hits.length, 0)
})

t.test('any query gets an answer: the same hits as without conditions, less those that do not meet them', async () => {
  const engine = createSearchEngine()
  for (const { id, title, passages } of tldrPages().slice(0, 80)) engine.replace(id, title, passages)
  const word = fc.constantFrom('tar', 'file', '-file', '"list of"', '-"the file"', '"', '-', 'dire', 'an archive', 'git')
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), words => {
      const query = words.join(' ')
      const { required, excluded } = parseSyntax(query)
      const { hits } = engine.search(query, 50, { syntax: true })
      return required.length + excluded.length === 0 || hits.length <= 160
    }),
    { numRuns: 100 },
  )
})
