import { crashRun } from './crash-run.ts'
import { runFromCommandLine } from './kept-run.ts'

/** `npm run test:crash -- [--kills N] [--seed N]` kills a server 200 times under load. */
await runFromCommandLine('kills', crashRun)
