import { claimDataDirectory } from '../../../src/database/data-directory.ts'

// Claims a data directory, prints a line and holds the claim until killed.
claimDataDirectory(process.argv[2] ?? '').announce('http://127.0.0.1:8123')
process.stdout.write('claimed\n')
process.stdin.resume()
