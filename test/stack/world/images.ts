import { accessSync, constants } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import { readDockerfile } from './dockerfile.ts'

/** An image: its entry point, its user and the user's folders. */
export interface Image {
  /** Programs of this machine, by their path in the image. */
  readonly programs: Readonly<Record<string, string>>
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Numeric user id. */
  readonly user: string
  readonly workingDirectory: string
  /** Folders that give a new volume its owner and mode. */
  readonly ownFolders: Readonly<Record<string, { readonly owner: number; readonly mode: number }>>
  /** Files of the repository, by path in the image. */
  readonly copies: Readonly<Record<string, string>>
  readonly healthcheck: readonly string[]
}

interface PublishedImage {
  /**
   * Programs by path in the image, with their possible names on this machine. The first is the
   * entry point.
   */
  readonly programs: readonly (readonly [path: string, ...names: string[]])[]
  readonly command?: readonly string[]
  readonly user: string
  readonly environment?: Readonly<Record<string, string>>
  /** Folder for a volume. It belongs to the image's user, unless the mode opens it to all. */
  readonly ownFolder?: readonly [path: string, owner: number, mode: number]
}

/** From the Dockerfiles of these images. */
const PUBLISHED: Readonly<Record<string, PublishedImage>> = {
  'otel/opentelemetry-collector-contrib': {
    programs: [['/otelcol-contrib', 'collector']],
    command: ['--config', '/etc/otelcol-contrib/config.yaml'],
    user: '10001',
  },
  // Its commands exist on any Linux.
  busybox: { programs: [], user: '0' },
  'jaegertracing/jaeger': {
    programs: [['/cmd/jaeger/jaeger-linux', 'jaeger']],
    user: '10001',
    environment: { JAEGER_LISTEN_HOST: '0.0.0.0' },
    ownFolder: ['/tmp', 0, 0o1777],
  },
  'grafana/loki': {
    programs: [['/usr/bin/loki', 'loki']],
    command: ['-config.file=/etc/loki/local-config.yaml'],
    user: '10001',
    ownFolder: ['/loki', 10001, 0o755],
  },
  'prom/prometheus': {
    programs: [
      ['/bin/prometheus', 'prometheus'],
      ['/bin/promtool', 'promtool'],
    ],
    command: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'],
    user: '65534',
    ownFolder: ['/prometheus', 65534, 0o755],
  },
  'prom/alertmanager': {
    programs: [
      ['/bin/alertmanager', 'prometheus-alertmanager', 'alertmanager'],
      ['/bin/amtool', 'amtool'],
    ],
    command: ['--config.file=/etc/alertmanager/alertmanager.yml', '--storage.path=/alertmanager'],
    user: '65534',
    ownFolder: ['/alertmanager', 65534, 0o755],
  },
}

/**
 * Returns the replacement of an image; undefined if its programs are missing.
 * @param known paths of programs to use instead of searching the PATH.
 */
export function imageOf(reference: string, known: Readonly<Record<string, string>> = {}): Image | undefined {
  const name = reference.replace(/[:@].*$/, '')
  if (name === 'pellucid') return readDockerfile()
  const published = PUBLISHED[name]
  if (published === undefined) return undefined
  const programs: Record<string, string> = {}
  for (const [path, ...names] of published.programs) {
    const found = names.map(each => known[each] ?? findProgram(each)).find(each => each !== undefined)
    if (found === undefined) return undefined
    programs[path] = found
  }
  const { command = [], user, environment, ownFolder: [folder, owner = 0, mode = 0o755] = [] } = published
  return {
    programs,
    entrypoint: Object.keys(programs).slice(0, 1),
    command,
    environment: { PATH: '/programs:/usr/local/bin:/usr/bin:/bin', ...environment },
    user,
    workingDirectory: folder ?? '/',
    ownFolders: folder === undefined ? {} : { [folder]: { owner, mode } },
    copies: {},
    healthcheck: [],
  }
}

/** Path of an image's program below its root folder. */
export function placeOf(program: string): string {
  return join('/programs', basename(program))
}

/** Finds a program on the PATH and in root's folders. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/go/bin']
  return folders.map(folder => join(folder, name)).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Missing or not executable.
    return false
  }
}
