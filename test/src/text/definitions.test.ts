import t from 'tap'
import { definitionTerm, isDefinitionTerm, readDefinition } from '../../../src/text/definitions.ts'

t.test('a sentence that says what something is, or what it is for, defines it', t => {
  const DEFINITIONS = [
    ['Caddy is a web server.', ['caddi'], true],
    ['**Caddy** is the server that this page is about.', ['caddi'], true],
    ['A virtual user (VU) is a thread of the test.', ['virtual', 'user'], true],
    ['Content collections are the best way to keep pages.', ['content', 'collect'], true],
    ['In Flask, a view function is the code that replies.', ['view', 'function'], true],
    ['- **Instance folder**: files of one deployment.', ['instanc', 'folder'], true],
    ['`node.js` means the runtime.', ['node', 'js'], true],
    ['Ein Korb ist eine Liste.', ['korb'], true],
    ['Actions let you call functions.', ['action'], false],
    ['The cache is used to keep replies.', ['cach'], false],
  ] as const
  for (const [text, subject, saysWhat] of DEFINITIONS) t.same(readDefinition(text), { subject, saysWhat }, text)
  t.end()
})

t.test('other sentences define nothing', t => {
  const OTHERS = [
    'This is a list.',
    'What follows is the list of all hooks.',
    'It refers to the folder.',
    'If you are a newcomer, begin here.',
    'An item loader is used in each spider.',
    'Install it, which is the first step.',
    'The server that the proxy in front of all of them chooses is the next one.',
    '',
  ]
  for (const text of OTHERS) t.equal(readDefinition(text), undefined, text)
  t.end()
})

t.test('the term of a definition is no word', t => {
  t.equal(definitionTerm(['virtual', 'user']), '=virtual user')
  t.ok(isDefinitionTerm(definitionTerm(['user'])))
  t.notOk(isDefinitionTerm('user'))
  t.end()
})
