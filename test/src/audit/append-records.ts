// Appends records in a separate process: `append-records.ts ROOT COUNT`.
import { join } from 'node:path'
import { openAuditTrail } from '../../../src/audit/audit-trail.ts'

const [root = '', count = '0'] = process.argv.slice(2)
const trail = openAuditTrail({ dataDir: join(root, 'data'), logDir: join(root, 'logs'), writer: 'server', now: Date.now })
for (let n = 0; n < Number(count); n++)
  trail.append({ event: 'logs_read', actor: `command:${process.pid}`, time: Date.now(), facts: { n } })
trail.close()
