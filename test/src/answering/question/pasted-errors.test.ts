import fc from 'fast-check'
import t, { type Test } from 'tap'
import { withoutTraces } from '../../../../src/answering/question/pasted-log.ts'
import { readQuestion } from '../../../../src/answering/question/question.ts'
import { createFolderService } from '../../../../src/cli/trial-service.ts'

const MESSAGE = 'The image parameter must be an imported picture, it cannot be a path'
const LOG = `10:21:02 [build] Building server
2026-01-02T10:21:03Z [ERROR] ${MESSAGE}
    at check (/home/jo/site/node_modules/gallery/internal.js:33:11)
  File "/srv/app/main.py", line 3, in <module>
    async Promise.all (index 0)
what can I do?`

async function serve(test: Test) {
  const others = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [`page-${i}.md`, `# Page ${i}\n\nSomething about gardening in chapter ${i}.\n`]),
  )
  const explanation = 'A path is not known to the bundler. Import the file, and pass what the import returns.'
  const folder = test.testdir({
    ...others,
    'local.md': `# Local images\n\n**ImageFault**: ${MESSAGE}.\n\n## What went wrong?\n\n${explanation}\n`,
  })
  const { converse } = await createFolderService(folder, '/', { threshold: 0.4, clock: () => 0 })
  return { explanation, ask: async (message: string) => converse([message]) }
}

t.test('the reply to a pasted error is what explains it, though that is the next section', async t => {
  const { ask, explanation } = await serve(t)
  for (const message of [MESSAGE, `[ImageFault] ${MESSAGE}\n  Location:\n    /home/jo/internal.js:33:11`, LOG]) {
    const { kind, response } = await ask(message)
    t.equal(kind, 'answer', message)
    t.match(response, explanation)
  }
})

t.test('traces, places, times and other lines of a log are not searched for', async t => {
  t.equal(readQuestion(`Error: E_DISK_FULL\n    at write (/srv/store.js:10:3)`).query.trim(), 'Error: E_DISK_FULL')
  t.equal(readQuestion('Error: E_DISK_FULL at main.go:33').query.trim(), 'Error: E_DISK_FULL')
  const { query } = readQuestion(LOG)
  t.match(query, 'imported picture')
  t.notMatch(query, /Building|node_modules|main\.py|Promise|2026|10:21/)
})

t.test('a statement or a question is no error', async t => {
  for (const text of [
    'Employees must submit receipts within thirty days',
    'does the gallery fail without a network?',
    'my order failed today',
  ])
    t.equal(readQuestion(text).quotesError, false, text)
  t.equal(readQuestion(MESSAGE).quotesError, true)
})

t.test('a question of several lines without a trace is read whole', async t => {
  const question = 'Hello,\n\nthe form must be missing.\n\nour gardener wants to book a second shed in spring\n\nThanks'
  t.equal(withoutTraces(question), question)
  const clock = 'Good morning,\n10:30:00 is what my clock says.\nThe export fails.\nPlease explain the backup schedule.'
  t.match(withoutTraces(clock), /The export fails\.\nPlease explain the backup schedule\./)
})

t.test('the language of a message is that of the question, not of the trace', async t => {
  const trace = '    at run (/srv/main.js:3:1)\n'.repeat(8)
  t.equal(readQuestion(`Warum geht das nicht mit der Galerie?\n${trace}`).language, 'de')
})

t.test('addresses, paths and times of a question are kept', async t => {
  for (const question of [
    'why is http://localhost:8080/x refused?',
    'what is in /etc/nginx/nginx.conf?',
    'how do i listen on example.com:443',
    'is the shop open at 10:30?',
    'fix the error in main.go',
    'what is new in the release of 2024-05-01?',
    'error 0x80070005',
  ])
    t.equal(withoutTraces(question), question)
})

t.test('a message of traces only is read as it is, in linear time', async t => {
  t.equal(withoutTraces('    at write (/srv/store.js:10:3)'), '    at write (/srv/store.js:10:3)')
  fc.assert(
    fc.property(
      fc.constantFrom('a/', 'at ', 'a.js:1 ', 'File "', 'in x (', '0x', '\n', ':1'),
      part => withoutTraces(part.repeat(2000)) !== '',
    ),
  )
})
