import { runFromCommandLine } from '../crash/kept-run.ts'
import { powerCutRun } from './power-cut-run.ts'

/**
 * `npm run test:power-cut -- [--states N] [--seed N]` records a server under load and cuts its
 * power at 200 moments. It needs Linux and a C compiler.
 */
await runFromCommandLine('states', powerCutRun)
