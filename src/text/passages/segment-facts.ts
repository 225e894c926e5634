import type { Segment } from './segments.ts'

/** The beginning of a sentence about the code before it. */
const LOOKS_BACK =
  /^(?:this|that|these|those|here|the (?:above )?(?:code|example|command|snippet|script|program|query|function|output)(?: above)?|in (?:this|the) (?:example|code|snippet)|dies\w*|hier|das beispiel)\b/i
/** The beginning of a sentence that continues the one before it. */
const CONTINUES =
  /^(?:then|next|after that|afterwards|finally|therefore|thus|hence|instead|otherwise|but|however|dann|danach|anschlie(?:ß|ss)end|daher|stattdessen|aber)\b/i
const LEAD_IN = /[:：]$/
/** The end of a paragraph that announces what comes next. */
const ANNOUNCES =
  /\b(?:following (?:\S+ )?(?:code|commands?|config\w*|examples?|lines?|listing|output|program|script|snippet|steps?|table)|(?:code|command|example|listing|snippet|table)s? below|folgende[mnrs]? (?:\S+ )?(?:befehle?|beispiel|code|zeilen?))\b/i
const NOT_LETTERS = /[^\p{L}\p{N}]+/gu
/** By ASCII code: the code of the letter in lower case, or of the digit; 0 for others. */
const FOLDED = Uint8Array.from({ length: 0x80 }, (_, code) =>
  /[a-z0-9]/i.test(String.fromCharCode(code)) ? String.fromCharCode(code).toLowerCase().charCodeAt(0) : 0,
)

/** Whether a sentence that follows code is about that code. */
export function looksBack(sentence: string): boolean {
  return LOOKS_BACK.test(sentence)
}

/** Whether a sentence continues the one before it, as a step or an argument. */
export function continuesText(sentence: string): boolean {
  return CONTINUES.test(sentence)
}

/** Whether a segment, which is no code itself, announces what comes after it. */
export function announcesNext(
  { kind, block }: Pick<Segment, 'kind' | 'block'>,
  written: string,
  next: Pick<Segment, 'block'> | undefined,
): boolean {
  if (kind === 'code' || kind === 'row') return false
  return LEAD_IN.test(written) || (kind === 'prose' && next?.block !== block && ANNOUNCES.test(written))
}

/** The letters and digits of a text, in lower case. */
export function lettersOf(text: string): string {
  return text.toLowerCase().replace(NOT_LETTERS, '')
}

/**
 * A hash, 16 bits, of the ASCII letters and digits in a part of a text, without regard to case:
 * parts with the same letters have the same one. Linear time.
 */
export function fingerprintOf(text: string, start: number, end: number): number {
  let hash = 0
  for (let i = start; i < end; i++) {
    const letter = FOLDED[text.charCodeAt(i)]
    if (letter) hash = (Math.imul(hash, 31) + letter) | 0
  }
  return (hash ^ (hash >>> 16)) & 0xffff
}
