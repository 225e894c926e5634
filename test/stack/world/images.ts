import { accessSync, constants } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import { readDockerfile } from './dockerfile.ts'

/** What an image brings along: how it starts, as whom, and which folders belong to that user. */
export interface Image {
  /** Programs found on this machine that stand for those of the image, by their path in it. */
  readonly programs: Readonly<Record<string, string>>
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** A number. */
  readonly user: string
  readonly workingDirectory: string
  /** Folders of the image from which a new volume takes owner and mode. */
  readonly ownFolders: Readonly<Record<string, { readonly owner: number; readonly mode: number }>>
  /** Paths in the image, and the files of the repository that are copied there. */
  readonly copies: Readonly<Record<string, string>>
  readonly healthcheck: readonly string[]
}

interface PublishedImage {
  /** The first is the one that starts; the names that a program may have on this machine follow its path in the image. */
  readonly programs: readonly (readonly [path: string, ...names: string[]])[]
  readonly command?: readonly string[]
  readonly user: string
  readonly environment?: Readonly<Record<string, string>>
  /** The folder that a volume is meant for; it belongs to the image's user, or is open to all where the mode says so. */
  readonly ownFolder?: readonly [path: string, owner: number, mode: number]
}

/** As the Dockerfiles of these images have it. */
const PUBLISHED: Readonly<Record<string, PublishedImage>> = {
  'otel/opentelemetry-collector-contrib': {
    programs: [['/otelcol-contrib', 'collector']],
    command: ['--config', '/etc/otelcol-contrib/config.yaml'],
    user: '10001',
  },
  // Its commands are those of any Linux.
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
 * What stands for an image here; nothing where its programs are not on this machine.
 * @param known the paths of programs that are not looked for on the PATH.
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

/** Where a program of an image is in the folder that stands for its root. */
export function placeOf(program: string): string {
  return join('/programs', basename(program))
}

/** The path of a program; root's own folders are searched, too. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/go/bin']
  return folders.map(folder => join(folder, name)).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Not there, or not to be run: either way no program.
    return false
  }
}
