/** A turn whose reply arrived. */
export interface AcknowledgedTurn {
  readonly turnId: string
  readonly message: string
  readonly response: string
}

/** What the server has acknowledged, and what did not hold. */
export interface Ledger {
  /** The turns of each session, in the order of their replies. */
  readonly sessions: Map<string, AcknowledgedTurn[]>
  /** The word that each document contains; undefined if the document was deleted. */
  readonly documents: Map<string, string | undefined>
  /** Texts that the server said are erased from its files. */
  readonly erased: string[]
  /** Texts that are erased at the latest when the server was stopped in the end. */
  readonly erasedInTheEnd: string[]
  /** How often things were done, by name. */
  readonly counts: Map<string, number>
  readonly failures: string[]
}

export function createLedger(): Ledger {
  return { sessions: new Map(), documents: new Map(), erased: [], erasedInTheEnd: [], counts: new Map(), failures: [] }
}

export function count(ledger: Ledger, name: string, times = 1): void {
  ledger.counts.set(name, (ledger.counts.get(name) ?? 0) + times)
}

/** Records a failure unless the condition holds. */
export function expect(ledger: Ledger, holds: boolean, failure: () => string): void {
  if (!holds) ledger.failures.push(failure())
}

const SHOWN_FAILURES = 20

export function printLedger({ counts, failures }: Ledger): void {
  for (const [name, times] of [...counts].sort()) console.log(`${name}: ${times}`)
  console.log(`failures: ${failures.length}`)
  for (const failure of failures.slice(0, SHOWN_FAILURES)) console.log(`- ${failure}`)
}
