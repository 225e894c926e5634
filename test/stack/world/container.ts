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

/** Operations on a service, like those of Compose. */
export interface Container {
  readonly name: string
  readonly image: Image
  /** Its root folder. */
  readonly root: string
  /** Command of its health check; empty without one. */
  readonly healthcheck: readonly string[]
  start(): void
  /** Resolves when its program has ended: to the exit code, or undefined after a signal. */
  stop(signal?: NodeJS.Signals): Promise<number | undefined>
  /** Resolves to the exit code when its program exits. */
  ended(): Promise<number | undefined>
  isRunning(): boolean
  pid(): number
  /** Output of its program so far, over all starts. */
  output(): string
  /** Runs another program in it; resolves to its output and exit code. */
  execute(command: readonly string[]): Promise<{ readonly output: string; readonly code: number | null }>
  remove(): Promise<void>
}

const USERS = ['root:x:0:0::/root:/bin/sh', 'node:x:1000:1000::/home/node:/bin/sh', 'nobody:x:65534:65534::/:/bin/sh']

/**
 * Emulates a container: its own root with the machine's programs and libraries, files of the image
 * and mounts, its network namespace, the image's user, and only the environment of image and
 * service.
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
        // Without the environment of the tests.
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
      if (isRunning()) throw new Error(`${service.name} is already running`)
      // As in Docker: another entry point clears the image's command.
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
  // Its own mount: one command unmounts everything below.
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
  // A new volume belongs to root unless the image has a folder at that path.
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
