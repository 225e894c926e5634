/** Replaces the values of one kind. */
export interface RedactionRule {
  /**
   * A fast test that every text passes in which `redact` changes something. Most texts do not.
   *
   * @param hasDigit Whether the text contains an ASCII digit.
   */
  mayMatch(text: string, hasDigit: boolean): boolean
  redact(text: string): string
}
