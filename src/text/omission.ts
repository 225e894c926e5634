/** Marks what is left out of a text, a list, a table or code. */
export const OMISSION = '…'
