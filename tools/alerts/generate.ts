import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stackFiles } from './stack-files.ts'

for (const [path, text] of Object.entries(stackFiles())) writeFileSync(join(import.meta.dirname, '../..', path), text)
