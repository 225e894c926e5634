import t from 'tap'
import { type Defect, findDefects } from '../../../src/evaluation/reply-lint.ts'

const QUESTION = 'How do I restart the server after a change of the settings?'
const fence = (code: string) => `\`\`\`\n${code}\n\`\`\``

t.test('a reply of whole parts has no defect', t => {
  const replies = [
    'Run the command again.',
    '1. Stop the server.\n2. Start it.',
    `Run this:\n\n${fence('import x from "y"\n<Tabs>{% raw %}')}\n\nThen wait.`,
    'Use `<Tabs>` or `:ref:` as you like it, and `{{<` where a shortcode begins.',
    '- an item of a list that is longer than sixty characters and has no full stop at the end',
    'Read more about the server and about everything else at https://example.com/docs/server',
    'See the page about restarting, in the chapter on servers (docs/server.md).',
  ]
  for (const reply of replies) t.same(findDefects(reply, QUESTION, true), [], reply)
  t.end()
})

t.test('each defect is found', t => {
  const cases: readonly (readonly [Defect, string])[] = [
    ['cut', '… and then it starts.'],
    ['cut', 'It stops, waits for the connections, …'],
    ['starts_inside_list', '3. Start it again.'],
    ['starts_inside_list', '12) Start it again.'],
    ['starts_inside_code', '});\n\nThis starts the server.'],
    ['ends_in_colon', 'Start the server with this command:'],
    ['open_fence', 'Start it.\n\n```sh\nserver start'],
    ['markup', 'Start it.\n\n:::note\nIt takes a second.'],
    ['markup', '<Tabs groupId="os">Start it.</Tabs>'],
    ['markup', 'import Tabs from "@theme/Tabs"\n\nStart it.'],
    ['markup', 'Start it as {{< param "name" >}} says.'],
    ['markup', '.. note::\n\n   Start it.'],
    ['markup', 'See :ref:`starting`.'],
    ['navigation', 'Start it.\n\nSkip to content'],
    ['next_to_nothing', 'Start the server.'],
    ['echo', 'How do I restart the server after a change of the settings'],
    ['echo', '**How do I restart the server after a change of the settings?**\n\nYou can.'],
    ['ends_inside_sentence', 'The server reads its settings once, so that a change is seen when it is started again by'],
  ]
  for (const [defect, reply] of cases) t.ok(findDefects(reply, QUESTION, false).includes(defect), `${defect}: ${reply}`)
  t.end()
})

t.test('a short reply is a defect only if it is wrong', t => {
  t.same(findDefects('Start the server.', QUESTION, true), [])
  t.end()
})
