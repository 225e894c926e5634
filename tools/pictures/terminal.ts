import { spawn } from 'node:child_process'

/** Text that a command printed, and when, in milliseconds since it was started. */
export interface Output {
  readonly atMs: number
  readonly text: string
}

export interface RunningCommand {
  readonly outputs: readonly Output[]
  /** Resolves when the output matches. */
  until(pattern: RegExp): Promise<void>
  /** Resolves when the command has ended. */
  readonly ended: Promise<void>
  stop(): void
}

/**
 * Runs a command in a pseudo-terminal, in which it prints colours as it does for a person. Needs
 * `script` of util-linux.
 */
export function runInTerminal(command: string, env: Readonly<Record<string, string>>): RunningCommand {
  const outputs: Output[] = []
  const started = performance.now()
  const waiting = new Set<() => void>()
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    outputs.push({ atMs: performance.now() - started, text: text.replaceAll('\r', '') })
    for (const check of waiting) check()
  })
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  return {
    outputs,
    ended,
    until: pattern =>
      new Promise(resolve => {
        const check = () => {
          if (!pattern.test(outputs.map(({ text }) => text).join(''))) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      }),
    // Ctrl-C, as a person would.
    stop: () => void child.stdin.write('\u0003'),
  }
}
