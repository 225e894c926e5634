import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readmeTables, tablesInReadme, writeReadmeTables } from './readme-tables.ts'
import { buildAppWorld } from './worlds/app-world.ts'

const ROOT = join(import.meta.dirname, '..')
const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']

t.test("README's tables say what the code does (UPDATE_README=1 writes them)", async t => {
  const { app } = await buildAppWorld(t)
  const tables = readmeTables(app)
  if (process.env.UPDATE_README === '1') writeReadmeTables(tables)
  t.same(tablesInReadme(), tables)
})

t.test('every file and npm script that a page names is there', async t => {
  const { scripts } = JSON.parse(read('package.json'))
  for (const page of PAGES) {
    for (const [, path] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g))
      t.ok(existsSync(join(ROOT, path ?? '')), `${page} links to ${path}`)
    for (const [, path] of read(page).matchAll(/`((?:src|plugins|otel|test|bench)\/[\w./-]+)`/g))
      t.ok(existsSync(join(ROOT, path ?? '')), `${page} names ${path}`)
    for (const [, name] of read(page).matchAll(/npm run ([\w:-]+)/g))
      t.ok(scripts[name ?? ''], `${page} names the script ${name}`)
  }
})

t.test('versions agree', async t => {
  const { version } = JSON.parse(read('package.json'))
  t.match(read('CHANGELOG.md'), `## ${version}`)
  t.match(read('docker-compose.yml'), `pellucid:${version}`)
})

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}
