import t from 'tap'
import { makeFolders } from '../worlds/server-world.ts'
import { buildFaultLayer, findObstacle } from './layer/fault-layer.ts'
import { listDiskScenarios } from './world/disk-scenarios.ts'
import { listBreaches, runScenario, startFaultyServer } from './world/scenario.ts'

/** The others are in `npm run test:faults`. */
const SHORT = ['data: full', 'data: I/O errors', 'data: reads fail', 'logs: full', 'audit: read-only', 'data, logs, audit: full']

t.test(
  'while the disk fails, messages are refused or stored, and the server recovers',
  { skip: findObstacle() ?? false },
  async t => {
    const folders = makeFolders(t)
    const layer = buildFaultLayer(t)
    const server = await startFaultyServer(t, layer, {}, folders)
    for (const scenario of listDiskScenarios(folders).filter(({ name }) => SHORT.includes(name)))
      t.same(listBreaches(scenario, await runScenario(server, layer, scenario)), [], scenario.name)
  },
)
