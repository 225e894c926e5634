/** Free ports and HTTP probes on this machine. */
import { createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'

/** Returns ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      server =>
        new Promise<number>(resolve => {
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
        }),
    ),
  )
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return ports
}

/** Retries until `ask` resolves; rethrows its error after the limit, by default 20 s. */
export async function untilAnswered(ask: () => Promise<unknown>, limitMs = 20_000): Promise<void> {
  const deadline = performance.now() + limitMs
  for (;;) {
    try {
      return void (await ask())
    } catch (error) {
      if (performance.now() > deadline) throw error
      await setTimeout(50)
    }
  }
}

/**
 * Returns the value of a metric at `/metrics`, summed over series with the label; 0 without any.
 */
export async function readMetric(address: string, name: string, label = ''): Promise<number> {
  const text = await (await fetch(`${address}/metrics`)).text()
  const samples = [...text.matchAll(new RegExp(`^${name}(\\{[^}]*\\})? (\\S+)`, 'gm'))]
  return samples.filter(([, labels = '']) => labels.includes(label)).reduce((sum, [, , value]) => sum + Number(value), 0)
}
