import type { Source } from '../answering/workings.ts'
import { fixedText, joinTexts, type ReplyText, reply } from '../reply-text.ts'
import { escapedText, escapedTitle, locationText } from '../text/printing/markdown-escaping.ts'
import { oneLine } from './one-line.ts'

/**
 * Numbers the sources in the given order, each with its title, score, location and the start of its
 * passage.
 */
export function listSources(sources: readonly Source[]): ReplyText {
  const entries = sources.map(({ title, location, passage, score, changed }, i) => {
    const heading = escapedTitle(title, text => oneLine(text, 80))
    const start = changed ? fixedText('The document has changed since.') : escapedText(oneLine(passage, 160))
    return reply`${i + 1}. ${heading}, score ${fixedText(score.toFixed(2))}\n   ${locationText(location)}\n   ${start}`
  })
  return joinTexts(entries, '\n')
}
