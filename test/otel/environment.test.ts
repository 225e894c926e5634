import t from 'tap'
import { withoutCredentials } from '../../otel/sdk/environment.ts'

t.test('an address is told without what opens it, and otherwise as it is', async t => {
  for (const [address, told] of [
    ['http://collector:4318', 'http://collector:4318'],
    ['http://user:word@collector:4318/v1/traces?key=word#part', 'http://collector:4318/v1/traces'],
    ['https://collector/for/a@b/traces', 'https://collector/for/a@b/traces'],
    ['http://user:w@rd@collector', 'http://collector'],
    ['http://[::1]:4318/', 'http://[::1]:4318'],
    ['collector:4317', 'collector:4317'],
    ['user:word@collector:4317?key=word', 'collector:4317'],
    ['http://user:wo/rd@collector:4318', 'http://collector:4318'],
    ['no url at all', 'no url at all'],
  ] as const)
    t.equal(withoutCredentials(address), told, address)
})
