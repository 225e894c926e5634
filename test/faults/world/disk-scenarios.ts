import type { Fault, FaultLayer } from '../layer/fault-layer.ts'
import type { Scenario } from './scenario.ts'

export interface Folders {
  readonly dataDir: string
  readonly logDir: string
}

/** What of the files, and the check of `/health/ready` that shows that they cannot be written. */
interface PathClass {
  readonly name: 'data' | 'logs' | 'audit'
  readonly check: 'writer' | 'log' | 'audit'
  readonly paths: (folders: Folders) => readonly Pick<Fault, 'of' | 'except'>[]
}

const CLASSES: readonly PathClass[] = [
  { name: 'data', check: 'writer', paths: ({ dataDir }) => [{ of: `${dataDir}/pellucid.sqlite` }] },
  { name: 'logs', check: 'log', paths: ({ logDir }) => [{ of: `${logDir}/`, except: '/audit/' }] },
  {
    name: 'audit',
    check: 'audit',
    paths: ({ dataDir, logDir }) => [{ of: `${logDir}/audit/` }, { of: `${dataDir}/audit-head` }],
  },
]

const WRITE_FAULTS: readonly { readonly name: string; readonly fault: Omit<Fault, 'of'> }[] = [
  { name: 'full', fault: { on: ['write'], error: 'ENOSPC' } },
  { name: 'I/O errors', fault: { on: ['write', 'sync'], error: 'EIO' } },
  { name: 'read-only', fault: { on: ['write', 'sync', 'change'], error: 'EROFS' } },
]

/** Faults of each class of files apart, and of all together. */
export function listDiskScenarios(folders: Folders, layer: FaultLayer): readonly Scenario[] {
  const [data, logs] = CLASSES as [PathClass, PathClass]
  // Without data, nothing happens that the audit trail records.
  const all = { name: 'data, logs, audit', classes: CLASSES, failing: [data.check, logs.check] }
  const groups = [...CLASSES.map(one => ({ name: one.name, classes: [one], failing: [one.check] })), all]
  const faultsOf = (classes: readonly PathClass[], fault: Omit<Fault, 'of'>): readonly Fault[] =>
    classes.flatMap(({ paths }) => paths(folders).map(path => ({ ...fault, ...path })))
  const begin = (faults: readonly Fault[]) => () => {
    layer.set(...faults)
    return { hits: layer.hits, end: () => layer.set() }
  }
  const slow = (name: string, delayMs: number): Scenario => ({
    name,
    begin: begin(faultsOf([data], { on: ['sync'], delayMs })),
    failing: [],
  })
  return [
    ...groups.flatMap(({ name, classes, failing }) =>
      WRITE_FAULTS.map(({ name: kind, fault }) => ({
        name: `${name}: ${kind}`,
        begin: begin(faultsOf(classes, fault)),
        failing,
      })),
    ),
    { name: 'data: fsync fails', begin: begin(faultsOf([data], { on: ['sync'], error: 'EIO' })), failing: ['writer'] },
    {
      name: 'data: one write of 5 fails',
      begin: begin(faultsOf([data], { on: ['write'], error: 'EIO', every: 5 })),
      failing: [],
      isFlaky: true,
      codes: ['503 DATABASE_UNAVAILABLE'],
    },
    { name: 'data: reads fail', begin: begin(faultsOf([data], { on: ['read'], error: 'EIO' })), failing: ['database'] },
    {
      name: 'data: reads of the main file fail',
      begin: begin([{ on: ['read'], of: `${folders.dataDir}/pellucid.sqlite`, except: '-wal', error: 'EIO' }]),
      failing: ['database'],
    },
    slow('data: fsync takes 200 ms', 200),
  ]
}
