import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cleanEnvironment } from '../worlds/server-world.ts'
import { type ClientOptions, makeWord } from './clients.ts'
import { count, expect, type Ledger } from './ledger.ts'

const BIN = join(import.meta.dirname, '../../src/cli/pellucid.js')
const FILES = 60

export interface Commands {
  /** Runs a `pellucid` command, and returns its exit code, or undefined if it was killed. */
  run(...args: readonly string[]): Promise<{ readonly code: number | undefined; readonly output: string }>
  /** Kills the commands that run. */
  kill(): void
}

export function createCommands(folder: string, environment: Record<string, string>): Commands {
  const running = new Set<ChildProcess>()
  return {
    async run(...args) {
      const child = spawn(process.execPath, [BIN, ...args], {
        cwd: folder,
        env: { ...cleanEnvironment(), ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      running.add(child)
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (output += data))
      const [code] = await once(child, 'close')
      running.delete(child)
      return { code: code ?? undefined, output }
    },
    kill() {
      for (const child of running) child.kill('SIGKILL')
    },
  }
}

/**
 * Rewrites some of the files, all in the first call, and ingests them. Updates the word of each
 * document.
 */
export async function ingestFiles(
  commands: Commands,
  folder: string,
  words: Map<string, string>,
  { ledger, random }: Pick<ClientOptions, 'ledger' | 'random'>,
): Promise<void> {
  mkdirSync(join(folder, 'kb'), { recursive: true })
  for (let i = 0; i < FILES; i++) {
    if (words.has(`kb/${i}.md`) && random() < 0.5) continue
    const word = makeWord(random)
    writeFileSync(join(folder, 'kb', `${i}.md`), `# File ${i}\n\nThe word of this file is ${word}.\n`)
    words.set(`kb/${i}.md`, word)
  }
  expectSuccess(ledger, 'ingest', await commands.run('ingest', 'kb'))
}

/** Compresses and deletes old log files. */
export async function pruneLogs(commands: Commands, ledger: Ledger): Promise<void> {
  expectSuccess(ledger, 'prune', await commands.run('logs', 'prune'))
}

/** Copies the database; the command checks the copy, in which no erased text is looked for. */
export async function backUp(commands: Commands, folder: string, ledger: Ledger): Promise<void> {
  expectSuccess(ledger, 'backup', await commands.run('backup', '--overwrite', join(folder, 'backup.sqlite')))
}

function expectSuccess(ledger: Ledger, name: string, { code, output }: Awaited<ReturnType<Commands['run']>>): void {
  count(ledger, code === undefined ? `${name}: killed` : `${name}: done`)
  expect(ledger, code === 0 || code === undefined, () => `${name} ended with ${code}:\n${output}`)
}
