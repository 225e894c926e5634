import t from 'tap'
import { cutReply } from '../../../src/webhooks/cut-reply.ts'
import { describePayload } from '../../../src/webhooks/describe-payload.ts'
import { toMrkdwn } from '../../../src/webhooks/vendors/slack-markup.ts'
import { readSlackText } from '../../../src/webhooks/vendors/slack-text.ts'
import { readTeamsText } from '../../../src/webhooks/vendors/teams-text.ts'

t.test('a text of Slack loses mentions, entities and markup of links', t => {
  const read = (text: string) => readSlackText(text, 'U1')
  t.equal(read('<@U1> what is <#C1|general>?'), 'what is #general?')
  t.equal(read('ask <@U2|grace> &amp; <@U1>: 1 &lt; 2'), 'ask grace & : 1 < 2')
  t.equal(read('see <https://example.com/a?b=1&amp;c|the page> or <https://example.com>'), 'see the page or https://example.com')
  t.equal(read('<!here> hello &amp;lt;'), 'hello &lt;')
  t.equal(readSlackText('<@U9> ask <@U8|ada>'), 'ask ada', 'the first mention is the bot')
  t.equal(read('how is tea brewed?'), 'how is tea brewed?')
  t.end()
})

t.test('a text of Teams loses the mention of the bot and its markup', t => {
  t.equal(readTeamsText('<at>Docs</at> how do I pay?\n'), 'how do I pay?')
  t.equal(readTeamsText('<at>Docs</at>&nbsp;ask <at>Ada</at> &amp; 1 &lt; 2'), 'ask Ada & 1 < 2')
  t.equal(readTeamsText('<div><div><at id="0">Docs</at> one<br>two</div></div>'), 'one\ntwo')
  t.equal(readTeamsText('plain, without a mention'), 'plain, without a mention')
  t.end()
})

t.test("a reply in Slack's mrkdwn has bold headings, bullets, code, links and rows", t => {
  const markdown = [
    '## How to *pay*',
    'Use **cards** & `<b>`, see [the page](https://example.com/a|b) or [file](tea.md).',
    '- one\n- two\n  - inner',
    '1. first\n2. second',
    '```sh\na < b && c\n```',
    '| Name | Age |\n|---|---|\n| **Ada** | 36 |',
    '> quoted',
  ].join('\n\n')
  t.equal(
    toMrkdwn(markdown),
    [
      '*How to pay*',
      'Use *cards* &amp; `&lt;b&gt;`, see <https://example.com/a%7Cb|the page> or file.',
      '• one\n• two\n    • inner',
      '1. first\n2. second',
      '```\na &lt; b &amp;&amp; c\n```',
      'Name | Age\nAda | 36',
      '> quoted',
    ].join('\n\n'),
  )
  t.equal(toMrkdwn('<!channel> hello'), '&lt;!channel&gt; hello', 'a quoted text notifies no channel')
  t.end()
})

t.test('a reply is cut at the end of a line, outside of a character, and its code is closed', t => {
  t.equal(cutReply('short', 5), 'short')
  t.equal(cutReply(`${'a'.repeat(90)}\n${'b'.repeat(30)}`, 100), `${'a'.repeat(90)}\n…`)
  const code = cutReply(`\`\`\`\n${'line\n'.repeat(50)}\`\`\``, 100)
  t.match(code, /line\n```\n…$/)
  for (let max = 20; max < 40; max++) {
    const cut = cutReply('🍵'.repeat(100), max)
    t.ok(cut.length <= max && cut.isWellFormed() && !cut.includes('\uFFFD'), `${max}`)
  }
  t.end()
})

t.test('the description of a payload is bounded, and says only what kind of event it is', t => {
  const described = (payload: Readonly<Record<string, unknown>>) => JSON.parse(describePayload(payload))
  const from = { id: 1, isBot: false }
  t.same(described({ type: 'message', text: 'secret', from, localTimestamp: '2026-01-01T00:00:00Z' }), {
    type: 'message',
    text: '[omitted]',
    from: { id: '[omitted]', is_bot: false },
    local_timestamp: '2026-01-01T00:00:00Z',
  })
  t.same(described({ type: 'a sentence of a person', 'Ada Lovelace': null }), { type: '[omitted]', '[omitted]': null })
  t.ok(describePayload(JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`)).length < 100)
  t.ok(describePayload({ blocks: Array.from({ length: 10_000 }, (_, n) => ({ n })) }).length < 3000)
  t.end()
})
