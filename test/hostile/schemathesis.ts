import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { preparePython } from '../../bench/harness/python.ts'

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt')
const CHECKS = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance'
const ALL_PASSED = /(\d+) generated, \1 passed/

/**
 * Runs Schemathesis (https://schemathesis.io) against the OpenAPI description of a server for this
 * time, with a key if one is given. Resolves to its report; undefined if it cannot be installed.
 */
export async function runSchemathesis(address: string, seconds: number, folder: string, key?: string) {
  const python = preparePython(REQUIREMENTS, 'schemathesis', 'Schemathesis is left out')
  if (python === undefined) return undefined
  const options = [
    ...['--checks', CHECKS, '--mode', 'all', '--max-examples', '1000', '--max-time', String(seconds), '--seed', '1'],
    ...['--generation-database', 'none', '--continue-on-failure', '--no-shrink', '--no-color', '--warnings', 'off'],
    ...['--suppress-health-check', 'all', '--workers', '2'],
    ...(key === undefined ? [] : ['--header', `Authorization: Bearer ${key}`]),
  ]
  const program = spawn(join(dirname(python), 'st'), ['run', `${address}/docs/json`, ...options], { cwd: folder })
  let report = ''
  for (const stream of [program.stdout, program.stderr]) stream.on('data', data => (report += data))
  const code = await new Promise<number | null>(resolve => program.on('close', resolve))
  const requests = Number(/(\d+) generated/.exec(report)?.[1] ?? 0)
  // On a busy machine, Schemathesis may fail with an error of its own: no reply was wrong then.
  return { requests, failed: code !== 0 && !ALL_PASSED.test(report), report }
}
