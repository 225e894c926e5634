import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findServer } from '../../database/data-directory.ts'
import { errnoOf, messageOf } from '../../errors.ts'
import { isLoopbackUrl } from '../../loopback.ts'
import type { EmfDeps, EmfOptions } from './emf-command.ts'
import { createEmfRecord, readSamples, type Samples } from './emf-record.ts'

const ANSWER_LIMIT_MS = 10_000

/**
 * Runs `pellucid emf` until SIGTERM or SIGINT: prints a record for each interval. An interval at
 * whose end the server does not answer has none, which is reported on stderr. Without an address,
 * it is looked up before each read: a server may get another port when it is restarted.
 */
export async function runEmf(address: string | undefined, { interval, count }: EmfOptions, deps: EmfDeps): Promise<number> {
  const { config, stdout, stderr, now } = deps
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  let last: { readonly samples: Samples; readonly at: number } | undefined
  for (let printed = 0; !stop.signal.aborted && printed < count; ) {
    const url = address ?? findAddress(config)
    try {
      const samples = readSamples(await readMetrics(url, config.dataDir))
      const at = now()
      if (last !== undefined) {
        stdout.write(`${JSON.stringify(createEmfRecord(last.samples, samples, at - last.at, at, hostname()))}\n`)
        printed++
      }
      last = { samples, at }
    } catch (error) {
      stderr.write(`no metrics from ${url}: ${messageOf(error)}\n`)
    }
    if (printed < count) await sleep(interval, undefined, { signal: stop.signal }).catch(() => undefined)
  }
  return 0
}

/**
 * The address of the server that uses DATA_DIR; that of HOST and PORT if none is known. A server
 * that listens on all addresses is read by loopback.
 */
function findAddress({ dataDir, host, port }: EmfDeps['config']): string {
  const address = findServer(dataDir)?.address ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  return address.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
}

async function readMetrics(url: string, dataDir: string): Promise<string> {
  // The token is that of an administrator: another machine must not get it.
  const token = isLoopbackUrl(url) ? readToken(dataDir) : undefined
  const reply = await fetch(`${url}/metrics`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    redirect: 'manual',
  })
  const text = await reply.text()
  if (reply.status !== 200) throw new Error(`/metrics answered ${reply.status}`)
  return text
}

/** The token of the machine; undefined if there is none that this user may read. */
function readToken(dataDir: string): string | undefined {
  try {
    return readFileSync(join(dataDir, 'machine.token'), 'utf8').trim()
  } catch (error) {
    if (!['ENOENT', 'EACCES'].includes(errnoOf(error) ?? '')) throw error
    return undefined
  }
}
