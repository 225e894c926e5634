import { DatabaseSync } from 'node:sqlite'
import { findDamage } from './damage.ts'

// Entry point of the process that checks a database and writes the damage to stdout, as JSON.

const db = new DatabaseSync(process.argv[2] ?? '', { readOnly: true, timeout: 5000 })
process.stdout.write(JSON.stringify(findDamage(db)))
db.close()
