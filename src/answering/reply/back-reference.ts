/** The beginning of a sentence about the code before it. */
const LOOKS_BACK =
  /^(?:this|that|these|those|here|the (?:above )?(?:code|example|command|snippet|script|program|query|function|output)(?: above)?|in (?:this|the) (?:example|code|snippet)|dies\w*|hier|das beispiel)\b/i
/** The beginning of a sentence that continues the one before it. */
const CONTINUES =
  /^(?:then|next|after that|afterwards|finally|therefore|thus|hence|instead|otherwise|but|however|dann|danach|anschlie(?:ß|ss)end|daher|stattdessen|aber)\b/i

/** Whether a sentence that follows code is about that code. */
export function looksBack(sentence: string): boolean {
  return LOOKS_BACK.test(sentence)
}

/** Whether a sentence continues the one before it, as a step or an argument. */
export function continuesText(sentence: string): boolean {
  return CONTINUES.test(sentence)
}
