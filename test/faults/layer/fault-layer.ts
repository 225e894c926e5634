import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'

/** `change`: opening for writing, creating, renaming and removing. */
const OPERATIONS = { read: 1, write: 2, sync: 4, change: 8 }
/** As in fault-layer.c: rules of so many bytes each, and where their fields are. */
const RULES = 8
const RULE_BYTES = 256
const FIELDS = { ops: 0, error: 4, delayMs: 8, every: 12, calls: 16, hits: 24, of: 32, except: 144 }
const MAX_PATH_BYTES = 111

/** Calls that are to be slow or to fail. */
export interface Fault {
  readonly on: readonly (keyof typeof OPERATIONS)[]
  /** A part of the paths. */
  readonly of: string
  /** Paths with this part are left alone. */
  readonly except?: string
  readonly error?: 'EIO' | 'ENOSPC' | 'EROFS'
  readonly delayMs?: number
  /** Only each call of so many. Default: all. */
  readonly every?: number
}

/** Faults in the files of other processes, which can be changed while they run. */
export interface FaultLayer {
  /** The environment of a process with this layer. */
  readonly environment: Record<string, string>
  /** Replaces all faults. */
  set(...faults: readonly Fault[]): void
  /** Calls that were slow or failed since `set`. */
  hits(): number
}

/** Says why there can be no layer here; undefined if there can be one. */
export function findObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'the fault layer needs Linux'
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'the fault layer needs a C compiler: no program "cc" is on the PATH'
  }
}

/** Compiles a layer. Its files are removed after the test. */
export function buildFaultLayer(t: { teardown(fn: () => unknown): void }): FaultLayer {
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-fault-layer-'))
  const [library, control] = [join(folder, 'fault-layer.so'), join(folder, 'control')]
  const source = join(import.meta.dirname, 'fault-layer.c')
  compileLayer(source, library)
  writeFileSync(control, Buffer.alloc(RULES * RULE_BYTES))
  const fd = openSync(control, 'r+')
  t.teardown(() => {
    closeSync(fd)
    rmSync(folder, { recursive: true })
  })
  return {
    environment: { LD_PRELOAD: library, FAULT_CONTROL: control },
    set(...faults) {
      if (faults.length > RULES) throw new Error(`at most ${RULES} faults`)
      for (let i = 0; i < RULES; i++) writeRule(fd, i * RULE_BYTES, faults[i])
    },
    hits() {
      const rules = Buffer.alloc(RULES * RULE_BYTES)
      readSync(fd, rules, 0, rules.length, 0)
      return Array.from({ length: RULES }, (_, i) => Number(rules.readBigUInt64LE(i * RULE_BYTES + FIELDS.hits))).reduce(
        (sum, hits) => sum + hits,
        0,
      )
    },
  }
}

/** Compiles C to a library for LD_PRELOAD. */
export function compileLayer(source: string, library: string): void {
  execFileSync('cc', ['-shared', '-fPIC', '-O2', '-Wall', '-o', library, source, '-ldl'])
}

/** The operations are written last, so no process sees half of a rule. */
function writeRule(fd: number, at: number, fault: Fault | undefined): void {
  writeSync(fd, Buffer.alloc(4), 0, 4, at)
  if (fault === undefined) return
  const rule = Buffer.alloc(RULE_BYTES)
  rule.writeInt32LE(fault.error === undefined ? 0 : constants.errno[fault.error], FIELDS.error)
  rule.writeUInt32LE(fault.delayMs ?? 0, FIELDS.delayMs)
  rule.writeUInt32LE(fault.every ?? 1, FIELDS.every)
  for (const key of ['of', 'except'] as const) {
    const part = fault[key] ?? ''
    if (Buffer.byteLength(part) > MAX_PATH_BYTES) throw new Error(`"${part}" is longer than ${MAX_PATH_BYTES} bytes`)
    rule.write(part, FIELDS[key])
  }
  writeSync(fd, rule, 4, RULE_BYTES - 4, at + 4)
  rule.writeUInt32LE(
    fault.on.reduce((ops, operation) => ops | OPERATIONS[operation], 0),
    FIELDS.ops,
  )
  writeSync(fd, rule, 0, 4, at)
}
