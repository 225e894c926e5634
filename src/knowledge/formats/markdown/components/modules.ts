import { createFenceReader } from '../code/fences.ts'

const IMPORT = /^import[^\S\n]+(?:[\w*${][^;'"]*[^\S\n]from[^\S\n]+)?['"][^'"\n]+['"];?[^\S\n]*$/
const ESM = /^(?:import[^\S\n]+[\w*${]|export[^\S\n]+(?:const|let|var|default|function|async|class|\{))/
const COMPONENT_IMPORT = /^import [\w{].* from ['"][^'"\n]+['"];?$/
/** The beginning and end of the scripts of Vue. */
const SCRIPT = /^<(\/?)script\b/i

/**
 * Returns whether a page is MDX: by its name, or by an import of a component outside of code, where
 * braces contain expressions.
 */
export function isMdxPage(text: string, name: string): boolean {
  if (/\.mdx$/i.test(name)) return true
  if (!text.includes('import ')) return false
  const readFence = createFenceReader()
  let isScript = false
  return text.split('\n').some(line => {
    const { kind } = readFence(line)
    const script = SCRIPT.exec(line)
    if (script !== null) isScript = script[1] === '' && !/<\/script/i.test(line)
    return kind === 'text' && !isScript && COMPONENT_IMPORT.test(line)
  })
}

/** Removes the imports and exports of MDX. A statement ends where its brackets are closed. */
export function dropModules(text: string): string {
  let depth = 0
  let isOpen = false
  const kept = text.split('\n').filter(line => {
    if (!isOpen && !IMPORT.test(line) && !ESM.test(line)) return true
    depth += (line.match(/[([{]/g)?.length ?? 0) - (line.match(/[)\]}]/g)?.length ?? 0)
    isOpen = depth > 0
    if (!isOpen) depth = 0
    return false
  })
  return kept.join('\n')
}
