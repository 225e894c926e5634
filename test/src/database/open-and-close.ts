import { openDatabase } from '../../../src/database/database-manager.ts'

// Opens a database at a given time: several processes do so at once.
const [path = '', at = '0'] = process.argv.slice(2)
while (Date.now() < Number(at));
await openDatabase({ path }).close()
