/** Reads CPU profiles that Node writes with `--cpu-prof`. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { median } from '../harness/statistics.ts'

/** A sample counts for the innermost component on its stack: a library counts for its caller. */
const COMPONENTS: readonly (readonly [RegExp, string])[] = [
  [/\/src\/search\//, 'search'],
  [/\/src\/answering\//, 'answer'],
  [/\/src\/database\//, 'database'],
  [/\/src\/logging\/|node_modules\/(pino|thread-stream|sonic-boom)/, 'log'],
  [/\/otel\/|node_modules\/@opentelemetry/, 'telemetry'],
  [/\/src\/(sessions|commands)\//, 'session, parse'],
  [/\/src\/(chat|wording)\//, 'turn'],
  [/\/plugins\//, 'plugins'],
  [/node_modules\/(fastify|@fastify|find-my-way|ajv|fast-json)/, 'Fastify'],
]
const NODE = 'Node: HTTP, timers'
const ENGINE = new Map([
  ['(program)', 'native code'],
  ['(garbage collector)', 'garbage collection'],
])

export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface ComponentShare {
  readonly component: string
  /** Share, 0–1, of the time in which the thread was busy. */
  readonly share: number
  /** Its files or packages, those with the greatest share first. */
  readonly files: readonly { readonly name: string; readonly share: number }[]
}

/** Reads the largest profile of a folder: that of the main thread. Workers write profiles too. */
export function readMainProfile(folder: string): CpuProfile {
  const profiles = readdirSync(folder)
    .filter(file => file.endsWith('.cpuprofile'))
    .map(file => readFileSync(join(folder, file), 'utf8'))
  return JSON.parse(profiles.sort((a, b) => b.length - a.length)[0] ?? '{}')
}

/**
 * Shares of the components in the second half of a profile, the greatest first. A sample counts for
 * at most two intervals: if the thread was not running, the next sample has all of that time, most
 * often in the call that woke another thread of the same core.
 */
export function shareOut({ nodes, samples, timeDeltas }: CpuProfile): ComponentShare[] {
  const parents = new Map(nodes.flatMap(node => (node.children ?? []).map(child => [child, node.id] as const)))
  const byId = new Map(nodes.map(node => [node.id, node]))
  const placeOf = (id: number): Place | undefined => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const { functionName, url } = byId.get(at)?.callFrame ?? { functionName: '', url: '' }
      if (functionName === '(idle)') return undefined
      const engine = ENGINE.get(functionName)
      if (engine !== undefined) return { component: engine, file: '' }
      const component = COMPONENTS.find(([pattern]) => pattern.test(url))?.[1]
      if (component !== undefined) return { component, file: nameFile(url) }
    }
    return { component: NODE, file: '' }
  }
  const places = new Map(nodes.map(({ id }) => [id, placeOf(id)]))
  const longest = 2 * median(timeDeltas)
  const half = timeDeltas.reduce((sum, delta) => sum + delta, 0) / 2
  const times: (Place & { readonly time: number })[] = []
  let passed = 0
  for (const [i, id] of samples.entries()) {
    const delta = timeDeltas[i] ?? 0
    passed += delta
    const place = places.get(id)
    if (passed > half && place !== undefined) times.push({ ...place, time: Math.min(delta, longest) })
  }
  const total = sumOf(times)
  return [...Map.groupBy(times, ({ component }) => component)]
    .map(([component, own]) => ({
      component,
      share: sumOf(own) / total,
      files: [...Map.groupBy(own, ({ file }) => file)]
        .filter(([name]) => name !== '')
        .map(([name, samples]) => ({ name, share: sumOf(samples) / total }))
        .sort((a, b) => b.share - a.share),
    }))
    .sort((a, b) => b.share - a.share)
}

interface Place {
  readonly component: string
  readonly file: string
}

/** The package of a library, or the name of a source file. */
function nameFile(url: string): string {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? basename(url, '.ts')
}

function sumOf(list: readonly { readonly time: number }[]): number {
  return list.reduce((sum, { time }) => sum + time, 0)
}
