import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'

const BRIDGE = 'stack'
const PREFIX = '10.250.0'
const HOSTS = '/run/stack/hosts'

/** Where each service is, by its name; `host` is where the tests themselves are. */
export type Addresses = Readonly<Record<string, string>>

/**
 * A network namespace for each service, named after it, with a cable to one bridge. All of it is inside the namespaces that run.ts made, and
 * goes with them.
 */
export function layNetwork(names: readonly string[]): Addresses {
  run('ip', 'link', 'set', 'lo', 'up')
  run('ip', 'link', 'add', BRIDGE, 'type', 'bridge')
  run('ip', 'addr', 'add', `${PREFIX}.1/24`, 'dev', BRIDGE)
  run('ip', 'link', 'set', BRIDGE, 'up')
  const addresses: Record<string, string> = { host: `${PREFIX}.1` }
  for (const [at, name] of names.entries()) {
    const address = `${PREFIX}.${at + 2}`
    addresses[name] = address
    run('ip', 'netns', 'add', name)
    // A device's name holds 15 characters.
    const cable = `to-${name}`.slice(0, 15)
    run('ip', 'link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
    run('ip', 'link', 'set', cable, 'master', BRIDGE, 'up')
    run('ip', '-n', name, 'link', 'set', 'lo', 'up')
    run('ip', '-n', name, 'addr', 'add', `${address}/24`, 'dev', 'eth0')
    run('ip', '-n', name, 'link', 'set', 'eth0', 'up')
    run('ip', '-n', name, 'route', 'add', 'default', 'via', `${PREFIX}.1`)
  }
  mkdirSync('/run/stack', { recursive: true })
  writeFileSync(HOSTS, hostsOf(addresses))
  run('mount', '--bind', HOSTS, '/etc/hosts')
  return addresses
}

/** Takes the namespaces and the bridge away again. */
export function removeNetwork(addresses: Addresses): void {
  run('umount', '/etc/hosts')
  for (const name of Object.keys(addresses)) if (name !== 'host') run('ip', 'netns', 'delete', name)
  run('ip', 'link', 'delete', BRIDGE)
}

/** The text of /etc/hosts that makes the services' names known. */
export function hostsOf(addresses: Addresses): string {
  return ['127.0.0.1 localhost', ...Object.entries(addresses).map(([name, address]) => `${address} ${name}`), ''].join('\n')
}

/** Runs a command to its end. @throws {Error} with what it wrote, when it fails. */
export function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
