/*
 * Starts the server with the options of Node that it is measured with: `npm start`, and
 * `npm run dev` with the argument `dev`. The scripts say `exec`, so that a signal of npm reaches
 * the server and not a shell. Where the shell has no `exec`, as on Windows, run this file.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const isDev = process.argv[2] === 'dev'
const modules = ['./otel/register.ts', 'src/server.ts']
const args = isDev
  ? ['--watch', '--import', ...modules]
  : ['--max-semi-space-size=16', '--v8-pool-size=0', '--import', ...modules]
const defaults = isDev
  ? { NODE_ENV: 'development', LOG_LEVEL: 'DEBUG' }
  : // glibc takes it from the environment of a new process only; others ignore it.
    { MALLOC_MMAP_THRESHOLD_: '1048576' }
const env = { ...defaults, ...process.env }
process.chdir(root)
if (process.platform === 'win32') process.exitCode = spawnSync(process.execPath, args, { env, stdio: 'inherit' }).status ?? 1
// The server takes the place of this process, so signals reach it.
else process.execve(process.execPath, [process.execPath, ...args], env)
