import t from 'tap'
import { LONG, readPage, textOf } from './read-page.ts'

t.test('lines of code that are elements of their own keep their brackets', async t => {
  const line = (text: string) => `<div><span></span>${text}</div>`
  const code = `<div>${['{', '<b>cups</b> 2', 'pot {', 'tea'].map(line).join('\n')}<div>${line('}')}</div>${line('}')}</div>`
  const legend = `<div><div><div>${line('Legend')}${line('Cup')}</div></div></div>`
  const shown = '```\n{\n  cups 2\n  pot {\n    tea\n  }\n}\n```\n\nLegend\n\nCup'
  t.equal(await textOf('html', `<div>${code}</div>${legend}`), shown)
  t.equal(await textOf('markdown', `<div>\n${code}\n</div>\n${legend}\n`), shown)
  t.equal(
    await textOf('html', '<div>One</div><p>Two</p><div>Three <div>Four</div> Five</div>'),
    'One\n\nTwo\n\nThree\n\nFour\n\nFive',
  )
})

t.test('the label of a tab precedes its panel', async t => {
  const shown = 'Linux:\n\nbrew tea\n\nMac:\n\npour tea'
  const aria = `<div role="tablist"><button role="tab" id="t1" aria-controls="p1">Linux</button><button role="tab" id="t2">Mac</button></div>
    <div role="tabpanel" id="p1"><p>brew tea</p></div><div role="tabpanel" aria-labelledby="t2"><p>pour tea</p></div>`
  t.equal(await textOf('html', aria), shown, 'by id')
  const ordered = `<ul role="tablist"><li role="tab">Linux</li><li role="tab">Mac</li></ul>
    <div><div role="tabpanel"><p>brew tea</p></div><div role="tabpanel" hidden><p>pour tea</p></div></div>`
  t.equal(await textOf('html', ordered), shown, 'by order')
  const scripted = `<div>\n<button x-on:click="os = 'linux'">Linux</button> <button x-on:click="os='mac'">Mac</button>\n<button>Copy</button>\n</div>

<div x-show="os === 'linux'">\n\nbrew tea\n\n</div>\n<div x-show="os === 'mac'">\n\npour tea\n\n</div>\n<div x-show="open">\n</div>\n`
  t.equal(await textOf('markdown', scripted), shown, 'by state')
})

t.test('an image without a description leaves no space before punctuation', async t => {
  const text = 'The protocol <img src="x.svg">, [tea <img src="x.svg">](y) and pots ![](z.svg).'
  t.equal(await textOf('markdown', text), 'The protocol, tea and pots.')
  t.equal(
    await textOf('html', '<p>The protocol <img src="x.svg">, tea<img alt=""> <img alt="A pot">.</p>'),
    'The protocol, tea A pot .',
  )
})

t.test('the end of code that has ended before is not shown', async t => {
  const text =
    '<pre><code>brew\n\t[-p &lt;pot&gt;]</code></pre>\n\t[-c &lt;cups&gt;]</code></pre>\n\n```\n&lt;tea&gt;</pre>\n```\n'
  t.equal(await textOf('markdown', text), '```\nbrew\n\t[-p <pot>]\n```\n\n```\n[-c <cups>]\n```\n\n```\n&lt;tea&gt;</pre>\n```')
})

t.test('the header of a page in AsciiDoc has its title, and its remarks are no tables', async t => {
  const remark = `<div class="admonitionblock note"><table><tr><td class="icon"><i class="fa icon-note" title="Note"></i></td>
    <td class="content"><div class="paragraph"><p>Mind the gap.</p></div><pre>go</pre></td></tr></table></div>`
  const { title, passages } = await readPage(
    'html',
    `<title>trip(1)</title><body class="manpage"><div id="header"><h1>trip(1) Manual Page</h1><h2 id="_name">NAME</h2>
     <p>trip - Travel by train, which is shorter than it seems to be.</p></div><div id="content">
     <h2 id="_notes">NOTES</h2>${remark}<dl><dt>--far</dt><dd><p>${LONG}</p><p>${LONG}</p></dd></dl></div></body>`,
  )
  t.equal(title, 'trip(1) Manual Page')
  t.same(
    passages.map(({ headings, location, text }) => [headings, location, text]),
    [
      [['NAME'], 'page#_name', 'trip - Travel by train, which is shorter than it seems to be.'],
      [['NOTES', '--far'], 'page#_notes', `Note: Mind the gap.\n\n\`\`\`\ngo\n\`\`\`\n\n${LONG}\n\n${LONG}`],
    ],
  )
})
