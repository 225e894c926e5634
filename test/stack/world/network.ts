import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'

const BRIDGE = 'stack'
const PREFIX = '10.250.0'
const HOSTS = '/run/stack/hosts'

/** Address of each service by name; `host` is the test process. */
export type Addresses = Readonly<Record<string, string>>

/**
 * Creates a network namespace for each service, connected to a bridge. They are inside the
 * namespaces of run.ts and disappear with them.
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
    // Device names have at most 15 characters.
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

/** Removes the namespaces and the bridge. */
export function removeNetwork(addresses: Addresses): void {
  run('umount', '/etc/hosts')
  for (const name of Object.keys(addresses)) if (name !== 'host') run('ip', 'netns', 'delete', name)
  run('ip', 'link', 'delete', BRIDGE)
}

/** Formats /etc/hosts with the names of the services. */
export function hostsOf(addresses: Addresses): string {
  return ['127.0.0.1 localhost', ...Object.entries(addresses).map(([name, address]) => `${address} ${name}`), ''].join('\n')
}

/** Runs a command. @throws {Error} with its output if it fails. */
export function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
