import type { Candidate, RatedSegment } from '../choice.ts'
import { costOf, FREE, leadOf, QUOTED, SKIPPED, startOfBlock } from './run-extent.ts'
import { isShort } from './tables/row-choice.ts'

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
export function completeQuotes(candidate: Candidate, taken: Uint8Array, room: number, wantsCode: boolean): void {
  const { segments } = candidate
  const opening = taken.indexOf(QUOTED)
  let left = room
  /** Quotes the first of these ranges that fits, as far as it is not quoted. */
  const take = (...ranges: readonly (readonly [from: number, to: number])[]): void => {
    for (const [from, to] of ranges) {
      const added = addedBy(from, to)
      if (taken.subarray(from, to + 1).includes(SKIPPED) || added > left) continue
      taken.fill(QUOTED, from, to + 1)
      left -= added
      return
    }
  }
  for (const [i, segment] of segments.entries()) {
    if (taken[i] !== QUOTED) continue
    const [before, next] = [segments[i - 1], segments[i + 1]]
    if (before !== undefined && taken[i - 1] === FREE) {
      if (segment.kind === 'code') takeLead(i)
      else if (segment.looksBack && before.kind === 'code') takeCodeBefore(i)
      else if (segment.continuesText && before.kind === 'prose' && i === opening) take([startOfBlock(segments, i - 1), i])
    }
    if (segment.kind === 'row') takeShortTable(i)
    if (next === undefined || taken[i + 1] !== FREE) continue
    if (wantsCode && segment.kind === 'code' && segment.covered >= MOST_OF_QUESTION && next.kind === 'prose') takeRemedy(i + 1)
    const isAnnounced = segment.announces
    if (next.kind === 'code' && segment.kind !== 'code' && (isAnnounced || (wantsCode && segment.kind === 'prose')))
      take([i + 1, endOfBlock(segments, i + 1)], ...(isAnnounced ? [[i + 1, i + 1] as const] : []))
    else if (isAnnounced) take([i + 1, i + 1])
  }

  if (wantsCode && !segments.some(({ kind }, i) => kind === 'code' && taken[i] === QUOTED)) takeNextCode()

  function addedBy(from: number, to: number): number {
    let length = 0
    for (let i = from; i <= to; i++) if (taken[i] !== QUOTED) length += costOf(segments, i, i)
    return length
  }

  /** The paragraph after an error message, with its code. */
  function takeRemedy(i: number): void {
    const end = endOfBlock(segments, i)
    const hasCode = segments[end + 1]?.kind === 'code'
    take(...(hasCode ? [[i, endOfBlock(segments, end + 1)] as const] : []), [i, end])
  }

  /** All up to the first code below what is quoted. */
  function takeNextCode(): void {
    const last = taken.lastIndexOf(QUOTED)
    const code = segments.findIndex(({ kind }, i) => kind === 'code' && i > last)
    if (code > 0 && segments[endOfBlock(segments, code)]!.end - segments[last]!.end <= MAX_REACH)
      take([last + 1, endOfBlock(segments, code)])
  }

  function takeLead(i: number): void {
    const lead = leadOf(candidate, startOfBlock(segments, i))
    if (lead !== undefined) take([startOfBlock(segments, lead), i], [lead, i])
  }

  function takeShortTable(i: number): void {
    const first = segments.findIndex(({ block }) => block === segments[i]!.block)
    const last = endOfBlock(segments, i)
    if (isShort(segments.slice(first, last + 1))) take([first, last])
  }

  function takeCodeBefore(i: number): void {
    const code = startOfBlock(segments, i - 1)
    const lead = leadOf(candidate, code)
    take(...(lead === undefined ? [] : [[lead, i] as const]), [code, i])
  }
}

function endOfBlock(segments: readonly RatedSegment[], i: number): number {
  return segments.findLastIndex(({ block }) => block === segments[i]!.block)
}
