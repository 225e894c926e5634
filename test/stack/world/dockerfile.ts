import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './compose.ts'
import type { Image } from './images.ts'

/** The user `node` of the Node image. */
const NODE_USER = 1000

/** The server's image: the last stage of the Dockerfile, with Node from node_modules. */
export function readDockerfile(): Image {
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ')
  const lines = text.slice(text.lastIndexOf('\nFROM ') + 1).split('\n')
  const after = (word: string) => lines.filter(line => line.startsWith(`${word} `)).map(line => line.slice(word.length).trim())
  const workingDirectory = after('WORKDIR').at(-1) ?? '/'
  const environment = after('ENV').flatMap(line => line.split(/\s+/).map(pair => pair.split(/=(.*)/s).slice(0, 2)))
  const volumes = after('VOLUME').flatMap(line => JSON.parse(line) as string[])
  return {
    programs: {},
    entrypoint: [],
    command: JSON.parse(after('CMD').at(-1) ?? '[]'),
    environment: {
      ...Object.fromEntries(environment),
      PATH: `${workingDirectory}/node_modules/.bin:/usr/local/bin:/usr/bin:/bin`,
    },
    user: after('USER').at(-1) === 'node' ? String(NODE_USER) : '0',
    workingDirectory,
    ownFolders: Object.fromEntries(volumes.map(path => [path, { owner: NODE_USER, mode: 0o700 }])),
    healthcheck: JSON.parse(/CMD (\[.*\])$/.exec(after('HEALTHCHECK').at(-1) ?? '')?.[1] ?? '[]'),
    copies: Object.fromEntries(after('COPY').flatMap(line => readCopy(line, workingDirectory))),
  }
}

/**
 * Parses `COPY a b ./` and `COPY --from=… /app/a ./a`: target path and source in the repository.
 */
function readCopy(line: string, workingDirectory: string): [string, string][] {
  const paths = line.split(/\s+/).filter(word => !word.startsWith('--'))
  const target = paths.pop() ?? '.'
  return paths.map(path => {
    const source = path.startsWith(`${workingDirectory}/`) ? path.slice(workingDirectory.length + 1) : path
    return [join(workingDirectory, target, target.endsWith('/') ? source : ''), join(ROOT, source)]
  })
}
