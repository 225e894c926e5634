/** Redacts a text. It recognizes a value reliably only when it sees all of the text around it. */
export type Redact = (text: string) => string

/** A text for a caller that knows which of its parts a log may hold. */
export interface ReplyText {
  /** The full text, in Markdown. Only the caller may see it. */
  readonly text: string
  /** The same without markup. */
  readonly plain: string
  /**
   * The text for logs and spans: fixed wording, whole texts redacted, and `[text]` for the rest.
   */
  toLog(redact: Redact): string
}

const OMITTED = '[text]'

/**
 * Template tag for replies: reply`There is no command /${name}.` A log holds the wording of the
 * template, numbers and embedded reply texts. A plain string is omitted from logs: it may be a part
 * of a text that redaction would recognize only as a whole.
 */
export function reply(wording: TemplateStringsArray, ...values: readonly (string | number | ReplyText)[]): ReplyText {
  return joinTexts(wording.flatMap((words, i) => [fixedText(words), ...(i < values.length ? [toReplyText(values[i]!)] : [])]))
}

/**
 * Wording of the service itself, such as a command's usage. Logged unchanged.
 * @param plain The same without markup: empty for a mark, such as a fence of code.
 */
export function fixedText(text: string, plain = text): ReplyText {
  return { text, plain, toLog: () => text }
}

/**
 * A whole text as a user or a document gave it. Logs hold it redacted.
 * @param show Cuts or formats the text; runs after redaction.
 * @param showPlain The same without markup.
 */
export function wholeText(text: string, show: (text: string) => string = same => same, showPlain = show): ReplyText {
  const shown = show(text)
  return {
    text: shown,
    plain: showPlain(text),
    toLog(redact) {
      const redacted = redact(text)
      return redacted === text ? shown : show(redacted)
    },
  }
}

/**
 * A part of a longer text. A log contains it only if it is still in the longer text after
 * redaction.
 * @param show Formats the part as Markdown; runs after redaction.
 * @param showPlain Formats it without markup.
 */
export function partOf(
  whole: string,
  part: string,
  show: (text: string) => string = same => same,
  showPlain: (text: string) => string = same => same,
): ReplyText {
  const shown = show(part)
  return {
    text: shown,
    plain: showPlain(part),
    toLog(redact) {
      const redactedWhole = redact(whole)
      // Most texts contain nothing to redact, and neither do their parts then.
      const redacted = redactedWhole === whole ? part : redact(part)
      if (!redactedWhole.includes(redacted)) return OMITTED
      return redacted === part ? shown : show(redacted)
    },
  }
}

/**
 * The title of a document. A title with `/` or `_` may be a path that contains a value, such as
 * `scan_4111…`, which redaction does not recognize there: logs omit it.
 */
export function titleText(title: string, show: (text: string) => string = same => same, showPlain = show): ReplyText {
  const shown = wholeText(title, show, showPlain)
  return /[/_]/.test(title) ? { ...shown, toLog: () => OMITTED } : shown
}

/**
 * Fills the placeholders of an operator's text: `{contact}` is replaced by `values.contact`. An
 * empty value also removes the white space before it. Backticks mark code and are not in `plain`.
 * Logs hold the text redacted.
 */
export function fillText(template: string, values: Readonly<Record<string, ReplyText>> = {}): ReplyText {
  const parts: ReplyText[] = []
  for (const part of template.split(/(\s*\{\w+\})/)) {
    const [, space = '', name = ''] = /^(\s*)\{(\w+)\}$/.exec(part) ?? []
    const value = values[name]
    const isFirst = parts.length === 0
    if (value !== undefined) parts.push(...(value.text === '' ? [] : [fixedText(isFirst ? '' : space), value]))
    else if (part !== '') parts.push(operatorText(isFirst ? part.trimStart() : part))
  }
  return joinTexts(parts)
}

function operatorText(text: string): ReplyText {
  return { text, plain: text.replaceAll('`', ''), toLog: redact => redact(text) }
}

/** Joins texts, both in full and as they are logged. */
export function joinTexts(texts: readonly ReplyText[], separator = ''): ReplyText {
  return {
    text: texts.map(({ text }) => text).join(separator),
    plain: texts.map(({ plain }) => plain).join(separator),
    toLog: redact => texts.map(text => text.toLog(redact)).join(separator),
  }
}

function toReplyText(value: string | number | ReplyText): ReplyText {
  if (typeof value === 'number') return fixedText(String(value))
  return typeof value === 'string' ? { text: value, plain: value, toLog: () => OMITTED } : value
}
