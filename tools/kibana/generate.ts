import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SAVED_OBJECTS, toNdjson } from './saved-objects.ts'

writeFileSync(join(import.meta.dirname, '../../otel/elk/kibana.ndjson'), toNdjson(SAVED_OBJECTS))
