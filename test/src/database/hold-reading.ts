import { DatabaseSync } from 'node:sqlite'

// Reads a database in a transaction that it holds until its stdin ends.
const database = new DatabaseSync(process.argv[2] ?? '')
database.exec('BEGIN')
database.prepare('SELECT count(*) FROM turns').get()
process.stdout.write('reading\n')
process.stdin.on('end', () => database.close()).resume()
