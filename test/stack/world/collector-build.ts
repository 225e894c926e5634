import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { ROOT } from './compose.ts'
import { findProgram } from './images.ts'

/** Minor version of Go 1 that the collector's modules need. */
const LEAST_GO_MINOR = 25

/** Further components: paths of modules of opentelemetry-collector-contrib, without version. */
export interface MoreComponents {
  readonly extensions?: readonly string[]
  readonly exporters?: readonly string[]
}

type Modules = readonly { readonly gomod: string }[]

interface Description {
  readonly dist: { readonly name: string }
  readonly extensions: Modules
  readonly exporters: Modules
}

/**
 * Returns the path of the collector that otel/stack/collector-builder.yaml describes, with more
 * components (such as `exporter/awsxrayexporter`) if there are any. The official builder builds it
 * once per version of that file, in about three minutes on two cores, and caches it in the user's
 * cache folder.
 * @throws {Error} without Go, or if the build fails.
 */
export function buildCollector(log: (text: string) => void, more: MoreComponents = {}): string {
  const manifest = readFileSync(join(ROOT, 'otel/stack/collector-builder.yaml'), 'utf8')
  const version = /go\.opentelemetry\.io\/collector\/\S+ (v\S+)/.exec(manifest)?.[1]
  if (version === undefined) throw new Error('otel/stack/collector-builder.yaml contains no version of the collector')
  const description = withMore(parse(manifest) as Description, more, version)
  // Hashes the parsed file: a changed comment needs no new build.
  const hash = createHash('sha256').update(JSON.stringify(description)).digest('hex').slice(0, 16)
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'pellucid', `collector-${hash}`)
  const program = join(folder, description.dist.name)
  if (existsSync(program)) return program
  const go = findGo()

  log(`building the collector of otel/stack/collector-builder.yaml, once; it will be ${program}`)
  const work = mkdtempSync(join(tmpdir(), 'pellucid-collector-'))
  const environment = { ...process.env, GOBIN: work, CGO_ENABLED: '0' }
  const runBuild = (file: string, ...args: readonly string[]) =>
    execFileSync(file, args, { cwd: work, env: environment, stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    runBuild(go, 'install', `go.opentelemetry.io/collector/cmd/builder@${version}`)
    const output = join(work, 'out')
    writeFileSync(join(work, 'manifest.yaml'), stringify({ ...description, dist: { ...description.dist, output_path: output } }))
    runBuild(join(work, 'builder'), '--config=manifest.yaml')
    mkdirSync(folder, { recursive: true })
    // Renamed at the end, to hide a partial copy.
    const unfinished = `${program}.${process.pid}`
    copyFileSync(join(output, description.dist.name), unfinished)
    renameSync(unfinished, program)
    return program
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function withMore(description: Description, { extensions = [], exporters = [] }: MoreComponents, version: string): Description {
  const modules = (paths: readonly string[]) =>
    paths.map(path => ({ gomod: `github.com/open-telemetry/opentelemetry-collector-contrib/${path} ${version}` }))
  return {
    ...description,
    extensions: [...description.extensions, ...modules(extensions)],
    exporters: [...description.exporters, ...modules(exporters)],
  }
}

/** Finds a Go that can build the collector. */
function findGo(): string {
  const go = findProgram('go')
  const version = go === undefined ? '' : execFileSync(go, ['version'], { encoding: 'utf8' })
  const [, major = 0, minor = 0] = /go(\d+)\.(\d+)/.exec(version) ?? []
  if (go !== undefined && (Number(major) > 1 || Number(minor) >= LEAST_GO_MINOR)) return go
  throw new Error(
    `building the collector needs Go 1.${LEAST_GO_MINOR} or later, from https://go.dev/dl; found ${version || 'none'}`,
  )
}
