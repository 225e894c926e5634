import { loadPseudonymKey } from '../../../src/access/pseudonym.ts'

// Prints the key of a data directory. Waits for a given time, so several processes load it at once.
const [directory = '', at = '0'] = process.argv.slice(2)
while (Date.now() < Number(at));
process.stdout.write(loadPseudonymKey(directory))
