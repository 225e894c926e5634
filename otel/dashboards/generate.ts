import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DASHBOARDS, toJson } from './dashboards.ts'

for (const dashboard of DASHBOARDS)
  writeFileSync(join(import.meta.dirname, '../stack/dashboards', `${dashboard.uid}.json`), toJson(dashboard))
