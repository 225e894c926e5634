import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../stack/world/compose.ts'

/** Returns the shell blocks of a section of a page in docs/. */
export function readBlocks(page: string, heading: string): readonly string[] {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8')
  const [, section = ''] = text.split(`\n## ${heading}\n`)
  const [own = ''] = section.split('\n## ')
  return [...own.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block)
}

/** Returns the one block that contains a text. @throws {Error} unless there is exactly one. */
export function readBlock(page: string, heading: string, text: string): string {
  const found = readBlocks(page, heading).filter(block => block.includes(text))
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`docs/${page}, ${heading}: ${found.length} blocks contain ${text}`)
  return found[0]
}
