import t from 'tap'
import { LONG, readPage, textOf } from './read-page.ts'

t.test('a longer entry of a definition list is a section below its term, a short one an item', async t => {
  const page = await readPage(
    'html',
    `<h1>Settings</h1><p>${LONG}</p><dl>
      <dt id="cache-size"><code>cache_size</code> <a id="index-7"></a></dt><dd><p>${LONG}</p><p>The default is 8.</p></dd>
      <dt>fast</dt><dd>Quick.</dd><dt>slow</dt><dt>lazy</dt><dd>Not quick.</dd></dl><p>After ${LONG}</p>`,
  )
  t.same(
    page.passages.map(({ headings, location, text }) => [headings, location, text]),
    [
      [[], 'page', LONG],
      [['cache_size'], 'page#cache-size', `${LONG}\n\nThe default is 8.`],
      [[], 'page', `- **fast**: Quick.\n- **slow, lazy**: Not quick.\n\nAfter ${LONG}`],
    ],
  )
})

t.test('the entry of a method is a section below the entry of its class', async t => {
  const page = await readPage(
    'html',
    `<h1>API</h1><dl class="py class"><dt id="Pot">class Pot</dt><dd><p>${LONG}</p>
      <dl class="py method"><dt id="Pot.brew">brew(minutes)</dt><dd><p>${LONG}</p>
        <dl class="field-list simple"><dt>Parameters:</dt><dd><ul><li>minutes – how long</li></ul></dd></dl></dd></dl></dd></dl>`,
  )
  t.same(
    page.passages.map(({ headings, text }) => [headings, text]),
    [
      [['class Pot'], LONG],
      [['class Pot', 'brew(minutes)'], `${LONG}\n\nParameters:\n\n- minutes – how long`],
    ],
  )
})

t.test('a table keeps its header and its empty cells, and code in a cell stays in it', async t => {
  const rows = '<tr><th>Key</th><th>Use</th></tr><tr><td></td><td>a|b</td></tr><tr><td>x</td><td><pre>go</pre></td></tr>'
  t.equal(await textOf('html', `<table>${rows}</table>`), '| Key | Use |\n| --- | --- |\n|  | a\\|b |\n| x | go |')
  t.equal(await textOf('html', '<table><tr><td>a</td><td>b</td></tr></table>'), '- **a**: b', 'without a header')
  t.equal(await textOf('html', '<table><tr><td><p>Only a layout.</p></td></tr></table>'), 'Only a layout.')
})

t.test('code keeps its language, and a listing with line numbers is code', async t => {
  const code = '```python\nx = 1\n```'
  t.equal(await textOf('html', '<pre><code class="language-python">x = 1</code></pre>'), code)
  t.equal(await textOf('html', '<div class="highlight-python notranslate"><div><pre>x = 1\n</pre></div></div>'), code)
  const listing = '<table><tr><td class="linenos"><pre>1</pre></td><td><pre class="lang-python">x = 1</pre></td></tr></table>'
  t.equal(await textOf('html', listing), code)
})

t.test('the title of a remark precedes its text and begins no section', async t => {
  const box = '<div class="note"><h3>Note</h3><p>Mind the gap.</p></div>'
  const admonition = '<div class="admonition"><p class="admonition-title">New in 2</p><p>Trains.</p></div>'
  t.equal(await textOf('html', `<h2>Trip</h2>${box}${admonition}`), 'Note: Mind the gap.\n\nNew in 2: Trains.')
})
