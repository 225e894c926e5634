import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buildCollector } from '../stack/world/collector-build.ts'
import { ROOT, type Service } from '../stack/world/compose.ts'
import { findProgram, type Image, imageOf } from '../stack/world/images.ts'
import type { Engine } from './engine.ts'

/** Images with the programs of this machine, for one that cannot pull the published ones. */

/** The images keep this name between runs; the published names are removed after each. */
const REPOSITORY = 'pellucid-stand-in'
const BASE = `${REPOSITORY}/base`
const LABEL = 'pellucid.stand-in'
/** Release of Debian in the image of Node. */
const RELEASE = 'bookworm'
/** Debian's Alertmanager reads its templates from here. */
const SHARED = ['/usr/share/prometheus'].filter(existsSync)
const CERTIFICATES = '/usr/local/share/extra-certificates.pem'

/** Services whose health check the program of this machine does not know. */
export const UNCHECKED = ['prometheus']

/**
 * Gives each image that is not there its name, and returns why services have none.
 * @throws {Error} if the server has none.
 */
export async function makeStandIns(
  engine: Engine,
  services: readonly Service[],
  log: (text: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const missing = new Map<string, string>()
  await makeBase(engine, log)
  const known = findCollector(services, log)
  for (const service of services) {
    if (await exists(engine, service.image)) continue
    const name = `${REPOSITORY}/${service.name}`
    const image = service.isBuilt ? undefined : imageOf(service.image, known)
    if (service.isBuilt) await makeServer(engine, service.image, name, log)
    else if (image === undefined) missing.set(service.name, 'no program here to stand for its image')
    else await makeImage(engine, name, describe(image), [...Object.values(image.programs), ...SHARED])
    if (!missing.has(service.name)) await engine.docker('tag', name, service.image)
  }
  return missing
}

/** Removes the published names from the stand-ins. */
export async function removeStandIns(engine: Engine): Promise<void> {
  const format = '{{.Repository}}:{{.Tag}}'
  const names = (await engine.docker('images', '--filter', `label=${LABEL}`, '--format', format)).split('\n')
  const published = names.filter(name => name !== '' && !name.startsWith(`${REPOSITORY}/`) && !name.includes('<none>'))
  if (published.length > 0) await engine.docker('rmi', ...published)
}

async function exists(engine: Engine, name: string): Promise<boolean> {
  return engine.docker('image', 'inspect', name).then(
    () => true,
    () => false,
  )
}

function findCollector(services: readonly Service[], log: (text: string) => void): Record<string, string> {
  const given = process.env.STACK_COLLECTOR
  if (!services.some(({ name }) => name === 'collector')) return {}
  return { collector: given ?? buildCollector(log) }
}

async function makeBase(engine: Engine, log: (text: string) => void): Promise<void> {
  if (await exists(engine, BASE)) return
  log('making the base of the stand-ins, once')
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-base-'))
  try {
    const include = '--include=busybox-static'
    execFileSync('debootstrap', ['--variant=minbase', include, RELEASE, folder], { stdio: ['ignore', 'ignore', 'inherit'] })
    await engine.shell(`tar -C ${folder} -c . | docker import --change 'LABEL ${LABEL}=true' - ${BASE}`, ROOT)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Builds the server's image from the Dockerfile, on an image with the Node of this process. */
async function makeServer(engine: Engine, image: string, name: string, log: (text: string) => void): Promise<void> {
  const [, node = '', version] = /^FROM (node:([\d.]+)\S*)/m.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')) ?? []
  if (`v${version}` !== process.version) throw new Error(`the Dockerfile needs Node ${version}; this is ${process.version}`)
  const npm = dirname(dirname(realpathSync(findProgram('npm') ?? 'npm')))
  const certificates = process.env.NODE_EXTRA_CA_CERTS
  const lines = [
    `COPY ${process.execPath} /usr/local/bin/node`,
    `COPY ${npm} /usr/local/lib/node_modules/npm`,
    'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && useradd --uid 1000 --create-home node',
    ...(certificates === undefined ? [] : [`COPY ${certificates} ${CERTIFICATES}`, `ENV NODE_EXTRA_CA_CERTS=${CERTIFICATES}`]),
  ]
  if (!(await exists(engine, node))) {
    await makeImage(engine, `${REPOSITORY}/node`, lines, [
      process.execPath,
      npm,
      ...(certificates === undefined ? [] : [certificates]),
    ])
    await engine.docker('tag', `${REPOSITORY}/node`, node)
  }
  log(`building ${image} from the Dockerfile`)
  await engine.docker('build', '--network', 'host', '--tag', name, ROOT)
}

async function makeImage(engine: Engine, name: string, lines: readonly string[], files: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pellucid-image-'))
  try {
    for (const file of files) cpSync(realpathSync(file), join(folder, file), { recursive: true })
    writeFileSync(join(folder, 'Dockerfile'), [`FROM ${BASE}`, ...lines, ''].join('\n'))
    await engine.docker('build', '--tag', name, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The lines of a Dockerfile for an image of published programs. */
function describe(image: Image): readonly string[] {
  return [
    'RUN ln -s busybox /usr/bin/wget',
    ...Object.entries(image.programs).map(([path, program]) => `COPY ${program} ${path}`),
    ...SHARED.map(path => `COPY ${path} ${path}`),
    ...Object.entries(image.ownFolders).map(
      ([path, { owner, mode }]) => `RUN mkdir -p ${path} && chown ${owner}:${owner} ${path} && chmod ${mode.toString(8)} ${path}`,
    ),
    ...Object.entries(image.environment).map(([variable, value]) => `ENV ${variable}=${value}`),
    `WORKDIR ${image.workingDirectory}`,
    `USER ${image.user}`,
    ...(image.entrypoint.length > 0 ? [`ENTRYPOINT ${JSON.stringify(image.entrypoint)}`] : []),
    `CMD ${JSON.stringify(image.command)}`,
  ]
}
