import fc from 'fast-check'
import t from 'tap'
import { createSearchEngine } from '../../../../src/search/passage-search.ts'
import { parseSyntax } from '../../../../src/search/query/query-syntax.ts'
import type { SearchEngine } from '../../../../src/search/search-engine.ts'
import { tldrPages } from '../plain-words.ts'

function engineOf(texts: Readonly<Record<string, string>>): SearchEngine {
  const engine = createSearchEngine()
  for (const [id, text] of Object.entries(texts)) engine.replace(id, id, [{ ordinal: 0, headings: [], text }])
  return engine
}

const found = (engine: SearchEngine, query: string) => engine.search(query, 10, { syntax: true }).hits.map(hit => hit.documentId)

t.test('a query is parsed into text, phrases and excluded words', async t => {
  t.same(parseSyntax('tar "create an archive" -gzip files'), {
    text: 'tar  create an archive    files',
    required: [['creat', 'an', 'archiv']],
    excluded: [['gzip']],
    sources: [],
    excludedSources: [],
    beginning: 'files',
  })
  t.match(parseSyntax('tar source:Docs/ -source:"old pages" files'), {
    text: 'tar     files',
    sources: ['docs/'],
    excludedSources: ['old pages'],
  })
  t.match(parseSyntax('-"two words" one '), { required: [], excluded: [['two', 'word']], beginning: undefined })
  t.match(
    parseSyntax('well-known e-mail'),
    { required: [], excluded: [], text: 'well-known e-mail' },
    'a dash within a word is part of it',
  )
  for (const odd of ['"', '""', '-', '--', '- x', '"never closed', '"-"'])
    t.match(parseSyntax(odd), { required: [], excluded: [] }, odd)
})

t.test('every hit contains the phrase, and no hit an excluded word', async t => {
  const engine = engineOf({
    phrase: 'how to create an archive with tar',
    apart: 'an archive that create made, with tar',
    gzip: 'create an archive with tar and gzip',
  })
  t.same(found(engine, '"create an archive"').sort(), ['gzip', 'phrase'])
  t.same(found(engine, '"create an archive" -gzip'), ['phrase'])
  t.same(found(engine, 'archive -create'), [])
  t.same(found(engine, '"no such words" archive'), [])
  t.equal(engine.search('"create an archive" -gzip', 10).hits.length, 3, 'without search syntax, every character is text')
})

t.test('a phrase is found regardless of how many passages contain its words', async t => {
  const engine = createSearchEngine()
  const texts = [...Array.from({ length: 25_000 }, (_, i) => `beta gamma alpha ${i}`), 'here alpha beta occurs']
  for (const [i, text] of texts.entries()) engine.replace(`${i}`, 'x', [{ ordinal: 0, headings: [], text }])
  t.same(found(engine, '"alpha beta"'), ['25000'])
  t.same(found(engine, 'occurs -"beta gamma" -unknown'), ['25000'])
  t.equal(engine.search('"alpha unknown"', 10, { syntax: true }).scored, 0, 'nothing is scored if a word of a phrase is unknown')
})

t.test('a phrase does not match where a term number only ends with the same bytes', async t => {
  const words = Array.from({ length: 300 }, (_, i) => `w${i}`)
  const engine = engineOf({ all: words.join(' '), backwards: words.toReversed().join(' ') })
  for (let i = 0; i + 1 < words.length; i++) t.same(found(engine, `"${words[i]} ${words[i + 1]}"`), ['all'], words[i]!)
})

t.test('phrases and exclusions work in scripts without spaces', async t => {
  const chinese = engineOf({ edit: '我們可以編輯文件然後保存', letters: '編者不輯文', first: '編輯 vim 文件' })
  t.same(found(chinese, '"編輯"').sort(), ['edit', 'first'])
  t.same(found(chinese, '"編輯文件"'), ['edit'])
  t.same(found(chinese, '"編輯 vim"'), ['first'])
  t.same(found(chinese, '文 -編輯'), ['letters'])
  t.same(found(chinese, '文 -"編輯文件" '), ['first', 'letters'])
  const thai = engineOf({ edit: 'เราสามารถแก้ไขไฟล์แล้วบันทึก', other: 'ไฟล์นี้แก้ได้' })
  t.same(found(thai, '"แก้ไข"'), ['edit'])
  t.same(found(thai, 'ไฟล์ -แก้ไข'), ['other'])
})

t.test('hits can be restricted to some documents', async t => {
  const engine = engineOf({
    'docs/tar.md': 'pack with tar',
    'docs/Old/tar.md': 'unpack with tar',
    'notes/tar.md': 'tar is black',
  })
  t.same(found(engine, 'tar source:docs').sort(), ['docs/Old/tar.md', 'docs/tar.md'])
  t.same(found(engine, 'tar source:DOCS -source:old'), ['docs/tar.md'])
  t.same(found(engine, '"is black" source:docs'), [])
  t.same(found(engine, 'source:notes'), [], 'a source without words finds nothing')
  t.equal(engine.search('tar source:docs', 10).hits.length, 3, 'without search syntax, every character is text')
})

t.test('the last word may be the beginning of a word', async t => {
  const engine = engineOf({ a: 'configuration of servers', b: 'nothing of it' })
  t.same(found(engine, 'configur'), ['a'])
  t.same(found(engine, 'confi'), ['a'])
  t.same(found(engine, 'confi '), [], 'a space ends the word')
  t.equal(engine.search('confi', 10).hits.length, 0)
  t.same(
    found(engineOf({ pie: 'apple pie', sauce: 'red applesauce' }), 'apple -re'),
    ['pie'],
    'an excluded word is not completed',
  )
})

t.test('a word is completed even if it ends within the part that stemming removes', async t => {
  const engine = engineOf({ a: 'authentication of users', b: 'happiness and dependencies' })
  for (const word of ['auth', 'authenti', 'authentica', 'authenticat', 'authenticatio', 'authentication'])
    t.same(found(engine, word), ['a'], word)
  for (const word of ['happ', 'happin', 'happines', 'dependenc', 'dependenci']) t.same(found(engine, word), ['b'], word)
  t.same(found(engine, 'authorize'), [])
})

t.test('exclusions after the eighth condition are dropped, not searched for', async t => {
  const { text, excluded } = parseSyntax('tar -a -b -c -d -e -f -g -h -i -j')
  t.equal(text.trim(), 'tar')
  t.equal(excluded.length, 8)
})

t.test('conditions only remove hits', async t => {
  const engine = createSearchEngine()
  const pages = tldrPages().slice(0, 80)
  const texts = new Map(
    pages.flatMap(({ id, title, passages }) =>
      passages.map(({ ordinal, headings, text }) => [`${id}/${ordinal}`, [title, ...headings, text].join(' ').toLowerCase()]),
    ),
  )
  for (const { id, title, passages } of pages) engine.replace(id, title, passages)
  const all = (query: string) => engine.search(query, 1000, { syntax: true }).hits.map(hit => `${hit.documentId}/${hit.ordinal}`)
  const plain = fc.constantFrom('tar', 'file', 'an archive', 'git', 'list')
  const excluded = fc.constantFrom('file', 'directory', 'command')
  fc.assert(
    fc.property(fc.array(plain, { minLength: 1, maxLength: 4 }), excluded, (words, without) => {
      const query = `${words.join(' ')} `
      const conditioned = all(`${query}-${without} `)
      t.ok(
        conditioned.every(id => !new RegExp(`\\b${without}\\b`).test(texts.get(id)!)),
        without,
      )
      const unconditioned = new Set(all(query))
      t.ok(conditioned.every(id => unconditioned.has(id)))
    }),
    { numRuns: 50 },
  )
})
