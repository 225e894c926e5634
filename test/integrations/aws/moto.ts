import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { freePorts } from '../../../bench/harness/network.ts'
import { until } from '../../worlds/until.ts'

const PYTHON = process.env.AWS_PYTHON ?? ''

/** Credentials that mean nothing, so that no real ones are looked for. */
export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'testing',
  AWS_SECRET_ACCESS_KEY: 'testing',
  AWS_REGION: 'eu-central-1',
  AWS_EC2_METADATA_DISABLED: 'true',
}

// biome-ignore lint/suspicious/noExplicitAny: the shape of a reply is what a test asserts
export type Reply = any

/** A call: service, operation and arguments, as boto3 names them. */
export type Call = readonly [service: string, operation: string, args: object]

export interface Moto {
  readonly url: string
  /** Makes calls by boto3, in order. @throws {Error} with its message if one fails. */
  readonly call: (...calls: readonly Call[]) => Reply[]
}

/** Starts moto, a server with the APIs of AWS; it is ended after the test. */
export async function startMoto(t: { teardown(end: () => unknown): void }): Promise<Moto> {
  const [port = 0] = await freePorts(1)
  const env = { PATH: process.env.PATH, ...CREDENTIALS }
  const child = spawn(PYTHON, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], { env, stdio: 'ignore' })
  const exited = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
  })
  const url = `http://127.0.0.1:${port}`
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`moto ended with ${child.exitCode}`)
    return fetch(`${url}/moto-api/data.json`).then(
      ({ ok }) => ok,
      () => false,
    )
  })
  return {
    url,
    call: (...calls) =>
      JSON.parse(
        execFileSync(PYTHON, [join(import.meta.dirname, 'aws_calls.py'), url], {
          env,
          input: JSON.stringify(calls),
          encoding: 'utf8',
          maxBuffer: 2 ** 26,
        }),
      ),
  }
}
