import { isShort } from './row-choice.ts'
import { leadOf } from './run-extent.ts'
import { FREE, QUOTED, type SelectedPassage, SKIPPED } from './selected-passage.ts'

/** Code with this share of the question may be the error that it is about. */
const MOST_OF_QUESTION = 0.5
/** Most UTF-16 code units from a quoted part to the end of the code for a task. */
const MAX_REACH = 700

/**
 * Completes what is quoted of a passage: code gets the lines that introduce it, a sentence about
 * code gets the code, and a line that announces something gets the next segment. A sentence that
 * continues an omitted one gets the beginning of its paragraph.
 * @param room UTF-16 code units that may be added.
 * @param wantsCode Whether a task is asked for: text gets the code below it, and code that repeats
 * the question, such as an error, the paragraph below it.
 */
export function completeQuotes(passage: SelectedPassage, room: number, wantsCode: boolean): void {
  const { segments, states, starts } = passage
  const opening = states.indexOf(QUOTED)
  let left = room
  /** Quotes the first of these ranges that fits, as far as it is not quoted. */
  const take = (...ranges: readonly (readonly [from: number, to: number])[]): void => {
    for (const [from, to] of ranges) {
      const added = addedBy(from, to)
      if (added === undefined) continue
      states.fill(QUOTED, from, to + 1)
      left -= added
      return
    }
  }
  for (const [i, segment] of segments.entries()) {
    if (states[i] !== QUOTED) continue
    const [before, next] = [segments[i - 1], segments[i + 1]]
    if (before !== undefined && states[i - 1] === FREE) {
      if (segment.kind === 'code') takeLead(i)
      else if (segment.looksBack && before.kind === 'code') takeCodeBefore(i)
      else if (segment.continuesText && before.kind === 'prose' && i === opening) take([starts[i - 1]!, i])
    }
    if (segment.kind === 'row') takeShortTable(i)
    if (next === undefined || states[i + 1] !== FREE) continue
    if (wantsCode && segment.kind === 'code' && segment.covered >= MOST_OF_QUESTION && next.kind === 'prose') takeRemedy(i + 1)
    const { announces } = segment
    if (next.kind === 'code' && segment.kind !== 'code' && (announces || (wantsCode && segment.kind === 'prose')))
      take([i + 1, next.blockLast], ...(announces ? [[i + 1, i + 1] as const] : []))
    else if (announces) take([i + 1, i + 1])
  }

  if (wantsCode && !segments.some(({ kind }, i) => kind === 'code' && states[i] === QUOTED)) takeNextCode()

  /** UTF-16 code units that a range adds. Undefined if it does not fit or a part is skipped. */
  function addedBy(from: number, to: number): number | undefined {
    let length = 0
    for (let i = from; i <= to; i++) {
      if (states[i] !== QUOTED) length += passage.costOf(i, i)
      if (length > left || states[i] === SKIPPED) return undefined
    }
    return length
  }

  /** The paragraph after an error message, with its code. */
  function takeRemedy(i: number): void {
    const end = segments[i]!.blockLast
    const after = segments[end + 1]
    take(...(after?.kind === 'code' ? [[i, after.blockLast] as const] : []), [i, end])
  }

  /** All up to the first code below what is quoted. */
  function takeNextCode(): void {
    const last = states.lastIndexOf(QUOTED)
    const code = segments.find(({ kind }, i) => kind === 'code' && i > last)
    if (code !== undefined && passage.costOf(last + 1, code.blockLast) <= MAX_REACH) take([last + 1, code.blockLast])
  }

  function takeLead(i: number): void {
    const lead = leadOf(passage, starts[i]!)
    if (lead !== undefined) take([starts[lead]!, i], [lead, i])
  }

  function takeShortTable(i: number): void {
    const { blockFirst, blockLast } = segments[i]!
    if (isShort(segments, blockFirst, blockLast)) take([blockFirst, blockLast])
  }

  function takeCodeBefore(i: number): void {
    const code = starts[i - 1]!
    const lead = leadOf(passage, code)
    take(...(lead === undefined ? [] : [[lead, i] as const]), [code, i])
  }
}
