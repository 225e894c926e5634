import t from 'tap'
import { findObstacle } from './layer/fault-layer.ts'
import { faultyFiles } from './world/faulty-servers.ts'
import { listBreaches, runScenario } from './world/scenario.ts'

/** The others are in `npm run test:faults`. */
const SHORT = ['data: full', 'data: I/O errors', 'data: reads fail', 'logs: full', 'audit: read-only', 'data, logs, audit: full']

t.test(
  'while the disk fails, messages are refused or stored, and the server recovers',
  { skip: findObstacle() ?? false },
  async t => {
    const { scenarios, start } = faultyFiles(t)
    const server = await start()
    for (const scenario of scenarios.filter(({ name }) => SHORT.includes(name)))
      t.same(listBreaches(scenario, await runScenario(server, scenario)), [], scenario.name)
  },
)
