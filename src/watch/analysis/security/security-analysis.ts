import { type AnalysisLine, count, iso, numberOf, type Period, ranked, textOf } from '../record.ts'

export interface SuspectClient {
  /** A pseudonym of an address, or `loopback`. */
  readonly client: string
  readonly events: number
  readonly kinds: readonly { readonly name: string; readonly count: number }[]
  readonly routes: readonly { readonly name: string; readonly count: number }[]
  readonly first_seen: string
  readonly last_seen: string
  /** The command that shows its lines. */
  readonly lines: string
}

export interface SecurityAnalysis {
  readonly name: 'security'
  readonly from: string
  readonly to: string
  readonly events: number
  readonly kinds: readonly { readonly name: string; readonly count: number }[]
  /** Requests that were refused, by status, error code and route. */
  readonly refused: readonly { readonly name: string; readonly count: number }[]
  /** Those with the most events first; 1000 at most are kept. */
  readonly clients: readonly SuspectClient[]
}

interface Suspect {
  events: number
  readonly kinds: Map<string, number>
  readonly routes: Map<string, number>
  readonly firstAt: number
  lastAt: number
}

const MAX_CLIENTS = 1000
const SHOWN_CLIENTS = 20
const OTHERS = '(others)'

/** Texts of which every line that this analysis needs contains one. */
export const SECURITY_LINES = ['"msg":"Security event"', '"msg":"Request refused"'] as const

/** Creates the analysis of security: what was refused, who searches for weaknesses, and when. */
export function createSecurityAnalysis({ from, to }: Period) {
  const kinds = new Map<string, number>()
  const refused = new Map<string, number>()
  const clients = new Map<string, Suspect>()
  let events = 0
  return {
    add({ at, record }: AnalysisLine): void {
      if (at < from || at >= to) return
      if (record.msg === 'Request refused') count(refused, describeRefusal(record))
      if (record.msg !== 'Security event') return
      // A line counts for those of the minute before it as well.
      const number = 1 + (numberOf(record, 'repeated') ?? 0)
      const kind = textOf(record, 'kind') ?? 'unknown'
      events += number
      count(kinds, kind, number)
      const name = textOf(record, 'client') ?? 'unknown'
      const key = clients.has(name) || clients.size < MAX_CLIENTS ? name : OTHERS
      const client = clients.get(key) ?? { events: 0, kinds: new Map(), routes: new Map(), firstAt: at, lastAt: at }
      clients.set(key, client)
      client.events += number
      client.lastAt = at
      count(client.kinds, kind, number)
      count(client.routes, routeOf(record), number)
    },
    result: (): SecurityAnalysis => ({
      name: 'security',
      from: iso(from),
      to: iso(to),
      events,
      kinds: ranked(kinds),
      refused: ranked(refused),
      clients: [...clients]
        .toSorted(([, a], [, b]) => b.events - a.events)
        .slice(0, SHOWN_CLIENTS)
        .map(([client, { events, kinds, routes, firstAt, lastAt }]) => ({
          client,
          events,
          kinds: ranked(kinds),
          routes: ranked(routes, 5),
          first_seen: iso(firstAt),
          last_seen: iso(lastAt),
          lines: `pellucid logs --grep ${client} --since ${iso(firstAt)}`,
        })),
    }),
  }
}

function describeRefusal(record: AnalysisLine['record']): string {
  return `${numberOf(record, 'status') ?? ''} ${textOf(record, 'code') ?? 'unknown'} on ${routeOf(record)}`.trim()
}

function routeOf(record: AnalysisLine['record']): string {
  return [textOf(record, 'method'), textOf(record, 'route') ?? 'unmatched'].filter(Boolean).join(' ')
}
