// `npm run test:integrations -- webhooks` runs these alone. They are fast, so every test run has
// them.
import '../../integrations/webhooks/conversations.test.ts'
import '../../integrations/webhooks/limits.test.ts'
import '../../integrations/webhooks/server.test.ts'
import '../../integrations/webhooks/signatures.test.ts'
import '../../integrations/webhooks/slack.test.ts'
