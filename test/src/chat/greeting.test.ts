import t from 'tap'
import { replyToGreeting } from '../../../src/chat/greeting.ts'

t.test('a greeting is recognized in any spelling', async t => {
  for (const message of ['hello', 'Hi!', '  HEY  there 👋', 'Good morning.', 'hello, everyone!', 'good\tevening']) {
    t.equal(replyToGreeting(message), "Hello! I'm your documentation assistant. How can I help you today?", message)
  }
})

t.test('thanks and goodbyes have their own replies', async t => {
  t.match(replyToGreeting('Thank you very much!'), /^You're welcome/)
  t.match(replyToGreeting('thanks again'), /^You're welcome/)
  t.match(replyToGreeting('bye-bye'), /^Goodbye/)
})

t.test('a question that starts with a greeting is a question', async t => {
  for (const message of [
    'hello world example',
    'hi, how do I add a plugin?',
    'thanks, and what is tar?',
    'there',
    '',
    '👋',
    'what is a greeting',
  ]) {
    t.equal(replyToGreeting(message), undefined, message)
  }
})

t.test('hostile messages are not greetings and are rejected fast', async t => {
  for (const message of ['\0', '\ud800', '__proto__', 'constructor', 'hello '.repeat(200_000), ' there'.repeat(200_000)]) {
    t.equal(replyToGreeting(message), undefined, JSON.stringify(message.slice(0, 20)))
  }
})
