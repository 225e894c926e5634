import { loadPseudonymKey } from '../../../src/access/pseudonym.ts'

// Loads the key of a data directory at a given moment, so that several processes do it at once, and prints it.
const [directory = '', at = '0'] = process.argv.slice(2)
while (Date.now() < Number(at));
process.stdout.write(loadPseudonymKey(directory))
