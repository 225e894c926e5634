import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ROOT } from '../harness/processes.ts'

const PAGES = join(ROOT, 'test/fixtures/tldr')
const ACTIONS = ['add', 'build', 'check', 'copy', 'create', 'delete', 'export', 'import', 'list', 'merge', 'show', 'update']
const THINGS = ['archive', 'image', 'key', 'network']

/**
 * Writes 49 times as many command pages as the fixtures have: each page, and for each action and
 * thing a subcommand with its own examples and those of another page.
 */
export function writeTldrBase(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const pages = globSync('*.md', { cwd: PAGES })
    .sort()
    .map(file => ({ name: basename(file, '.md'), text: readFileSync(join(PAGES, file), 'utf8') }))
    .filter(({ text }) => text.startsWith('# '))
  const subcommands = ['', ...ACTIONS.flatMap(action => THINGS.map(thing => `-${action}-${thing}`))]
  for (const [i, suffix] of subcommands.entries()) {
    for (const [j, { name, text }] of pages.entries()) {
      const named = new RegExp(`(?<![\\w/.-])${name.replaceAll('.', '\\.')}(?![\\w/.-])`, 'g')
      const other = pages[(j + i * 7) % pages.length]
      const [head = '', ...examples] = text.split(/\n(?=- )/)
      const [, ...borrowed] = suffix === '' ? [] : (other?.text.split(/\n(?=- )/) ?? [])
      const all = [head, ...examples.filter((_, k) => suffix === '' || k % 2 === i % 2), ...borrowed.slice(0, 3)]
      writeFileSync(join(folder, `${name}${suffix}.md`), all.join('\n').replace(named, `${name}${suffix}`))
    }
  }
}
