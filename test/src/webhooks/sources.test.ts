import t from 'tap'
import { loadConfig } from '../../../src/config.ts'
import { SETTINGS } from '../../../src/settings.ts'
import { hasWebhooks } from '../../../src/webhooks/has-webhooks.ts'
import { createSources } from '../../../src/webhooks/sources.ts'
import { SOURCES } from '../../../src/webhooks/webhook.ts'

t.test('each setting with a secret turns on one source, and no other setting does', async t => {
  const settings = Object.keys(SETTINGS.properties).filter(name => /^WEBHOOK_/.test(name))
  const secrets = settings.filter(name => name.endsWith('_SECRET'))
  t.equal(secrets.length, SOURCES.length)
  const names = secrets.map(name => {
    const config = loadConfig({ [name]: 'c2VjcmV0IG9mIHRoaXMgdGVzdA' })
    t.ok(hasWebhooks(config), name)
    const [source, ...others] = createSources(config, () => 0)
    t.same(others, [], name)
    t.equal(name, `WEBHOOK_${source?.name.toUpperCase()}_SECRET`)
    return source?.name
  })
  t.same(names.toSorted(), SOURCES.toSorted())
  t.notOk(hasWebhooks(loadConfig({})))
  const without = loadConfig({ WEBHOOK_SLACK_TOKEN: 'xoxb-a-token-for-tests' })
  t.ok(hasWebhooks(without), 'a token alone is reported')
  t.same(
    createSources(without, () => 0),
    [],
  )
})
