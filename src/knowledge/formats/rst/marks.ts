import type { ParsedDocument } from '../parsed-document.ts'

/**
 * A colon that begins no role although a long name follows, as in `:before_validation`. The parser
 * takes time exponential in the length of the name to find that out.
 */
const NO_ROLE = /(?<![\w\\:]):(?=[a-zA-Z0-9][\w+.:-]{15})(?![\w+.:-]{0,100}:[*`|_[])/g
/** An option that no description follows, as it must in a list of options. */
const OPTION = String.raw`(?:-[a-zA-Z0-9](?: ?[\w-]+)?|--[a-zA-Z][\w-]*(?:[ =][\w-]+)?)`
const NO_OPTION = new RegExp(
  String.raw`^([^\S\n]*(?:[-*+•]|\d{1,9}\.) +)(?=--?[a-zA-Z0-9])(?!${OPTION}(?:, ${OPTION})*(?:[^\S\n]{2}|[^\S\n]*$))|^([^\S\n]*)(?=--[a-zA-Z][a-zA-Z-]*[:;.!?])`,
  'gm',
)
/** A character for private use, put into the text while it is parsed. */
export const MARK = '\u{E000}'
/** Replaces such a colon in a table, whose columns must not become wider. */
const COLON = '\u{E001}'
const TABLE = /^[^\S\n]*(?:=+(?: +=+)+|\+[-=+]+\+)\n(?:[^\n]*\S[^\n]*(?:\n|$))*/gm
/** Characters of one code unit that take two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|(?=[\0-\uffff])\p{Emoji_Presentation}/gu

/**
 * Puts marks behind colons that begin no role, before options that begin a sentence, and behind
 * wide characters in tables, whose columns the parser counts by code units.
 */
export function addMarks(text: string): string {
  const tables = text.replace(TABLE, table => table.replace(NO_ROLE, COLON).replace(WIDE, `$&${MARK}`))
  return tables.replace(NO_ROLE, `:${MARK}`).replace(NO_OPTION, `$&${MARK}`)
}

/** Removes the marks from a parsed document. */
export function removeMarks(document: ParsedDocument): ParsedDocument {
  const json = JSON.stringify(document)
  return /[\u{E000}\u{E001}]/u.test(json) ? JSON.parse(json.replaceAll(MARK, '').replaceAll(COLON, ':')) : document
}
