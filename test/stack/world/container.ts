import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { type Mount, ROOT, type Service } from './compose.ts'
import { findProgram, type Image, placeOf } from './images.ts'
import { type Addresses, hostsOf, run } from './network.ts'

/** What can be done with a service, as an operator of Compose would. */
export interface Container {
  readonly name: string
  readonly image: Image
  /** The folder that is its root. */
  readonly root: string
  /** The command that says whether it is well; empty where there is none. */
  readonly healthcheck: readonly string[]
  start(): void
  /** Resolves when its program has ended: to the exit code, or to nothing after a signal. */
  stop(signal?: NodeJS.Signals): Promise<number | undefined>
  /** Resolves when its program has ended by itself: to the exit code. */
  ended(): Promise<number | undefined>
  isRunning(): boolean
  pid(): number
  /** What its program has written so far, of all its starts. */
  output(): string
  /** Runs a further program in it; resolves to what that wrote and to its exit code. */
  execute(command: readonly string[]): Promise<{ readonly output: string; readonly code: number | null }>
  remove(): Promise<void>
}

const USERS = ['root:x:0:0::/root:/bin/sh', 'node:x:1000:1000::/home/node:/bin/sh', 'nobody:x:65534:65534::/:/bin/sh']

/**
 * Stands for a container: a root of its own with the machine's programs and libraries, the image's and the mounted files and nothing else, the
 * network namespace of its name, the user of the image, and only the environment that image and service give.
 */
export function makeContainer(service: Service, image: Image, addresses: Addresses): Container {
  const root = join('/run/stack', service.name)
  const user = service.user?.replace(/^root$/, '0') ?? image.user
  const [uid = '0', gid = uid] = user.split(':')
  buildRoot(root, service, image, addresses)

  const environment = { HOME: '/tmp', HOSTNAME: service.name, ...image.environment, ...service.environment }
  const enter = (command: readonly string[]) => {
    const [program = '', ...args] = command
    return spawn(
      findProgram('nsenter') ?? 'nsenter',
      [
        `--net=/run/netns/${service.name}`,
        findProgram('chroot') ?? 'chroot',
        `--userspec=${uid}:${gid}`,
        '--groups=',
        root,
        // Nothing of the tests' own environment comes along.
        '/usr/bin/env',
        '--ignore-environment',
        ...Object.entries(environment).map(([variable, value]) => `${variable}=${value}`),
        '/bin/sh',
        '-c',
        'cd "$0" && exec "$@"',
        image.workingDirectory,
        image.programs[program] === undefined ? program : placeOf(program),
        ...args,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
  }

  let output = ''
  let child: ChildProcess | undefined
  let ended: Promise<unknown> = Promise.resolve()
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null
  const container: Container = {
    name: service.name,
    image,
    root,
    healthcheck: (service.healthcheck ?? image.healthcheck).filter(word => word !== 'CMD'),
    start() {
      if (isRunning()) throw new Error(`${service.name} runs already`)
      // As with an image: another entry point takes the image's command away.
      const command = service.command ?? (service.entrypoint === undefined ? image.command : [])
      const started = enter([...(service.entrypoint ?? image.entrypoint), ...command])
      for (const stream of [started.stdout, started.stderr]) stream.on('data', data => (output += data))
      ended = once(started, 'close')
      child = started
    },
    stop(signal = 'SIGTERM') {
      child?.kill(signal)
      return container.ended()
    },
    async ended() {
      await ended
      return child?.exitCode ?? undefined
    },
    isRunning,
    pid: () => child?.pid ?? 0,
    output: () => output,
    async execute(command) {
      const other = enter(command)
      let written = ''
      for (const stream of [other.stdout, other.stderr]) stream.on('data', data => (written += data))
      const [code] = await once(other, 'close')
      return { output: written, code }
    },
    async remove() {
      await container.stop('SIGKILL')
      run('umount', '--recursive', root)
    },
  }
  return container
}

function buildRoot(root: string, service: Service, image: Image, addresses: Addresses): void {
  mkdirSync(root, { recursive: true })
  // A mount of its own, so that one command takes away all that is mounted below it.
  run('mount', '-t', 'tmpfs', '-o', 'mode=0755', 'tmpfs', root)
  for (const folder of ['proc', 'dev', 'sys', 'etc', 'tmp']) mkdirSync(join(root, folder))
  chmodSync(join(root, 'tmp'), 0o1777)
  for (const folder of ['usr', 'bin', 'sbin', 'lib', 'lib64']) {
    if (!existsSync(`/${folder}`)) continue
    if (lstatSync(`/${folder}`).isSymbolicLink()) symlinkSync(readlinkSync(`/${folder}`), join(root, folder))
    else bind(`/${folder}`, join(root, folder), true)
  }
  for (const folder of ['proc', 'dev', 'sys']) run('mount', '--rbind', `/${folder}`, join(root, folder))
  writeFileSync(join(root, 'etc/hosts'), hostsOf(addresses))
  writeFileSync(join(root, 'etc/nsswitch.conf'), 'hosts: files\n')
  writeFileSync(join(root, 'etc/passwd'), `${USERS.join('\n')}\n`)
  for (const [path, program] of Object.entries(image.programs)) bind(program, join(root, placeOf(path)), true)
  for (const [path, source] of Object.entries(image.copies)) bind(source, join(root, path), true)
  for (const mount of service.mounts) mountInto(root, mount, image)
}

function mountInto(root: string, { kind, source, target, readOnly }: Mount, image: Image): void {
  if (kind === 'bind') {
    bind(join(ROOT, source), join(root, target), readOnly)
    return
  }
  const volume = join('/run/stack/volumes', source)
  mkdirSync(volume, { recursive: true })
  const own = image.ownFolders[target]
  // A new volume is root's own, unless the image has a folder at that place.
  if (own !== undefined) {
    chownSync(volume, own.owner, own.owner)
    chmodSync(volume, own.mode)
  }
  bind(volume, join(root, target), readOnly)
}

function bind(source: string, target: string, readOnly: boolean): void {
  if (statSync(source).isDirectory()) mkdirSync(target, { recursive: true })
  else {
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, '')
  }
  run('mount', '--bind', source, target)
  if (readOnly) run('mount', '-o', 'remount,bind,ro', target)
}
