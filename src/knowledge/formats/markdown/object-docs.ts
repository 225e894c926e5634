import { indentOf } from '../indentation.ts'

/** `::: package.Class`: mkdocstrings and mkautodoc write its documentation in its place. */
const OBJECT = /^\s*:::\s+[a-z_]\w*(?:\.\w+)+\s*$/i

/** Finds the lines that stand for the documentation of an object in code: its name and options. */
export function createObjectDocsFilter(): (line: string) => boolean {
  let indent: number | undefined
  return line => {
    const isOption = indent !== undefined && (line.trim() === '' || indentOf(line) > indent)
    if (isOption) return true
    indent = OBJECT.test(line) ? indentOf(line) : undefined
    return indent !== undefined
  }
}
