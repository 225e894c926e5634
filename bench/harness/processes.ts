/** Starts, pins and measures processes. */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { cleanEnvironment } from './settings.ts'

export const ROOT = join(import.meta.dirname, '../..')

const QUIET_SHARE = 0.03
const QUIET_WINDOW_MS = 200

export interface Started {
  readonly process: ChildProcess
  readonly pid: number
  /** `http://127.0.0.1:PORT`, as the process printed it. */
  readonly address: string
  /** Kills the process. */
  kill(): Promise<void>
}

export interface Usage {
  readonly mainMs: number
  readonly allMs: number
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Starts Node with these arguments and resolves when it prints its address. Throws if it exits
 * first.
 */
export async function startNode(args: readonly string[], environment: Record<string, string> = {}): Promise<Started> {
  const child = startProgram(process.execPath, args, { env: { ...cleanEnvironment(), ...environment } })
  let output = ''
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', data => {
      output = `${output}${data}`.slice(-10_000)
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]
      if (found !== undefined) resolve(found)
    })
    child.once('exit', code => reject(new Error(`${args.join(' ')} ended with ${code}: ${output}`)))
  })
  return { process: child, pid: child.pid ?? 0, address, kill: () => end(child) }
}

/** Starts a program with visible stderr; it ends with this process. */
export function startProgram(path: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const child = spawn(path, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], ...options })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Kills a process with SIGKILL and resolves when it has exited. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

/**
 * Pins these processes to the first CPU and everything else, this process included, to the others:
 * all their threads, or only the main ones. Returns false without `taskset` or a second CPU.
 */
export function pin(measured: readonly number[], others: readonly number[], threads: 'all' | 'main' = 'main'): boolean {
  if (availableParallelism() < 2 || spawnSync('taskset', ['--version']).status !== 0) return false
  const rest = `1-${availableParallelism() - 1}`
  for (const pid of [...(threads === 'main' ? measured : []), ...others, process.pid])
    spawnSync('taskset', ['-acp', rest, String(pid)])
  for (const pid of measured) spawnSync('taskset', [threads === 'main' ? '-cp' : '-acp', '0', String(pid)])
  return true
}

/**
 * Reads the CPU time of a process, of its main thread and of all threads, without ended ones.
 */
export function readUsage(pid: number): Usage {
  const threads = [...readThreadTimes(pid)]
  const sum = (list: typeof threads) => list.reduce((total, [, { ms }]) => total + ms, 0)
  return { mainMs: sum(threads.filter(([id]) => id === pid)), allMs: sum(threads) }
}

/** Reads the CPU time of each thread by its id. The scheduler counts nanoseconds. */
export function readThreadTimes(pid: number): Map<number, { readonly name: string; readonly ms: number }> {
  const folder = `/proc/${pid}/task`
  const read = (thread: string, file: string) => readFileSync(join(folder, thread, file), 'utf8')
  return new Map(
    readdirSync(folder).flatMap(thread => {
      try {
        const ms = Number(read(thread, 'schedstat').split(' ')[0]) / 1e6
        return [[Number(thread), { name: read(thread, 'comm').trim(), ms }]]
      } catch {
        // The thread has ended.
        return []
      }
    }),
  )
}

export function readRssMb(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024)
}

/** Resolves once a process is idle, or after the limit. */
export async function untilQuiet(pid: number, limitMs = 15_000): Promise<void> {
  const deadline = performance.now() + limitMs
  let used = Number.POSITIVE_INFINITY
  while (used > QUIET_SHARE * QUIET_WINDOW_MS && performance.now() < deadline) {
    const before = readUsage(pid).allMs
    await setTimeout(QUIET_WINDOW_MS)
    used = readUsage(pid).allMs - before
  }
}
