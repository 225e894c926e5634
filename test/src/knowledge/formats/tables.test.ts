import t from 'tap'
import { readCsv } from '../../../../src/knowledge/formats/tables/csv.ts'
import { readPage, textOf } from './read-page.ts'

t.test('a cell that spans rows or columns is repeated, and headers above each other are joined', async t => {
  const head = '<thead><tr><th rowspan=2>Name<th colspan=2>Limits<tr><th>Soft<th>Hard</thead>'
  const rows = '<tr><td rowspan="2">Mug<td>1<td>2<tr><td colspan=2>none<tr><td colspan=3>Glass<tr><td>Cup<td>3<td>4'
  t.equal(
    await textOf('html', `<table>${head}${rows}</table>`),
    '| Name | Limits Soft | Limits Hard |\n| --- | --- | --- |\n| Mug | 1 | 2 |\n| Mug | none | none |\n| Glass |  |  |\n| Cup | 3 | 4 |',
  )
  t.equal(
    await textOf('html', '<table><tr><td rowspan=0>A<td>1<tr><td>2</table><p>End.</p><table><tr><td>3<td>4</table>'),
    '- **A**: 1\n- **A**: 2\n\nEnd.\n\n- **3**: 4',
  )
  t.equal(
    await textOf(
      'rst',
      '+---+---+---+\n| A | Both  |\n|   +---+---+\n|   | p | q |\n+===+===+===+\n| 1 | 2 | 3 |\n|   +---+---+\n|   | 4 | 5 |\n+---+---+---+\n',
    ),
    '| A | Both p | Both q |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n| 1 | 4 | 5 |',
  )
})

t.test('a long cell is not repeated, and tables that span everything stay small', async t => {
  const long = 'x'.repeat(300)
  t.match(await textOf('html', `<table><tr><td rowspan=2>${long}<td>1<tr><td>2</table>`), /\n- 2$/)
  const html = `<table><tr>${'<td rowspan=9999 colspan=999>wide'.repeat(20)}${'<tr><td>y'.repeat(40_000)}</table>`
  const { passages } = await readPage('html', html)
  const chars = passages.reduce((sum, { text }) => sum + text.length, 0)
  t.ok(chars < 30 * html.length, `${chars}`)
})

t.test('a table of names and texts without a header becomes definitions, and empty columns are removed', async t => {
  const line = '+---+----+-----+\n'
  t.equal(
    await textOf('rst', `${line}| Group        |\n${line}|   | -a | All |\n${line}|   | -b |     |\n${line}`),
    '- **Group**\n- **-a**: All\n- **-b**',
  )
  t.equal(await textOf('html', '<table><tr><th>A<th><th>B<tr><td>1<td><td>2</table>'), '| A | B |\n| --- | --- |\n| 1 | 2 |')
})

t.test('a table without a header is a list, or its first row is the header', async t => {
  const empty = '|  |  |  |\n|---|---|---|\n'
  t.equal(
    await textOf('markdown', `${empty}| Pot | Ada & Bob | #pots |\n| Cup |  | #cups |`),
    '- Pot – Ada & Bob – #pots\n- Cup – #cups',
  )
  t.equal(await textOf('markdown', '| | |\n|---|---|\n| [1] | See the *manual*. |'), '- **[1]**: See the manual.')
  const rows = '| Sign | Tea | Meaning |\n| + | Green | North |\n| - | Black | South |'
  t.equal(await textOf('markdown', empty + rows), rows.replace('\n', '\n| --- | --- | --- |\n'))
  const corner = '<table><tr><td><th>1<th>2<tr><th>v6<td><td>a</table>'
  t.equal(await textOf('html', corner), '|  | 1 | 2 |\n| --- | --- | --- |\n| v6 |  | a |')
  t.equal(await textOf('html', '<table><tr><td>A b<td>B<td>C<tr><td>Aa<td>Bb<td>Cc</table>'), '- A b – B – C\n- Aa – Bb – Cc')
})

t.test('a list item before a table in it is kept, in all formats', async t => {
  const table = '| A | B |\n| --- | --- |\n| 1 | 2 |'
  const shown = `- Item\n\n${table}\n\nmore\n- Two`
  t.equal(await textOf('markdown', '- Item\n\n  | A | B |\n  |---|---|\n  | 1 | 2 |\n\n  more\n- Two\n'), shown)
  t.equal(await textOf('html', '<ul><li>Item<table><tr><th>A<th>B<tr><td>1<td>2</table>more<li>Two</ul>'), shown)
  t.equal(
    await textOf('rst', '- Item\n\n  === ===\n  A   B\n  === ===\n  1   2\n  === ===\n\n- Two\n'),
    `- Item\n\n${table}\n\n- Two`,
  )
})

t.test('a bar in code does not split a cell, and cells beyond the header are ignored', async t => {
  const head = '| A | B |\n| --- | --- |\n'
  t.equal(
    await textOf('markdown', `${head}| \`a|b\` | c \\| d |\n| \`a \\| b\` | \\|\\| |\n| 1 | 2 | 3 |\n\nSee \`a | b\`.`),
    `${head}| a\\|b | c \\| d |\n| a \\| b | \\|\\| |\n| 1 | 2 |\n\nSee a | b.`,
  )
})

t.test('code that is broken at a dot in a cell is joined', async t => {
  const head = '| A | B |\n| --- | --- |\n'
  t.equal(
    await textOf('markdown', `${head}| \`http.pots.\`<br />\`size\` | \`pot\`<br>\`.name\` or \`a\`<br>\`b\` |`),
    `${head}| http.pots.size | pot.name or a b |`,
  )
})

t.test('text after a nested list is not part of its last item', async t => {
  const shown = '- Tea:\n  - Mint\n\nDrink it hot.\n\n- Water\n- Ice'
  t.equal(await textOf('markdown', '- Tea:\n\n  - Mint\n\n  Drink it hot.\n\n- Water\n- Ice\n'), shown)
  t.equal(await textOf('html', '<ul><li>Tea:<ul><li>Mint</ul><p>Drink it hot.<li>Water<li>Ice</ul>'), shown)
})

t.test('an indented table of reStructuredText is a table, and wide characters keep its columns', async t => {
  t.equal(
    await textOf('rst', 'Text\n\n  ====  ====\n  A     B\n  ====  ====\n  緑茶  80\n  ✅    90\n  ====  ====\n\nEnd.\n'),
    'Text\n\n| A | B |\n| --- | --- |\n| 緑茶 | 80 |\n| ✅ | 90 |\n\nEnd.',
  )
})

t.test('a table with many rows of markup is read, and a row or paragraph with too much is rejected', async t => {
  const border = '========  ====\n'
  const table = (row: string) => `${border}Name      Size\n${border}${row.repeat(3000)}${border}`
  const { passages } = await readPage('rst', table('``cup``   *9*\n'))
  t.equal(
    passages.map(({ text }) => text.match(/^\| cup \| 9 \|$/gm)?.length ?? 0).reduce((sum, count) => sum + count),
    3000,
  )
  await t.rejects(readPage('rst', `${border}a         b\n${'          `b\n'.repeat(3000)}${border}`), {
    code: 'DOCUMENT_UNREADABLE',
  })
  await t.rejects(readPage('rst', `${border}${'`a        `b\n'.repeat(3000)}`), { code: 'DOCUMENT_UNREADABLE' })
  await t.rejects(readPage('rst', `.. note:: a\n   b\n\n${table('`a        `b\n').replace(/^/gm, '  ')}`), {
    code: 'DOCUMENT_UNREADABLE',
  })
})

t.test('CSV has quoted cells with line breaks, empty cells and any delimiter', async t => {
  t.same(readCsv('a, "b ""c"", d" ,\n\n"two\nlines",,x\n'), [
    ['a', 'b "c", d', ''],
    ['two\nlines', '', 'x'],
  ])
  t.same(readCsv('a;b,c', ';'), [['a', 'b,c']])
  t.same(readCsv('"open, a\nb'), [['"open', 'a'], ['b']])
  t.equal(readCsv('"'.repeat(1_000_001)).length, 1)
  const shown = '| Name | Size |\n| --- | --- |\n| Mug \\| Cup | 300 |'
  t.equal(await textOf('markdown', '```{csv-table}\n:header: Name, Size\n\n"Mug | Cup", 300\n```\n'), shown)
  t.equal(await textOf('rst', '.. csv-table::\n   :header: Name; Size\n   :delim: ;\n\n   Mug | Cup; 300\n'), shown)
})
