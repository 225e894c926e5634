import t from 'tap'
import { listAllApplications } from '../../../src/cli/applications.ts'

t.test('users of webhooks are found although no session of theirs is left', async t => {
  t.same(listAllApplications(t.testdir()), ['webhook:slack', 'webhook:telegram', 'webhook:teams', 'webhook:generic'])
})
