import { globSync, readFileSync } from 'node:fs'
import { ParseEnglish } from 'parse-english'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import remarkRetext from 'remark-retext'
import retextIndefiniteArticle from 'retext-indefinite-article'
import retextRepeatedWords from 'retext-repeated-words'
import { unified } from 'unified'
import { VFile } from 'vfile'
import { plainEnglish } from './plain-english.ts'
import { type Prose, readSourceProse, readYamlProse } from './source-text.ts'

const DEFAULT_FILES = [
  '*.md',
  'docs/**/*.md',
  '{src,plugins,otel,test,bench,tools}/**/*.{ts,js}',
  'otel/**/*.yaml',
  'docker-compose.yml',
]
/** Word lists are data, and the rules name the wordings that they reject. */
const EXCLUDED = /^src\/text\/background-words\.ts$|^src\/text\/stop-words\.ts$|^tools\/prose\/plain-english\.ts$|^CHANGELOG\.md$/

const processor = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkRetext, ParseEnglish)
  .use(retextIndefiniteArticle)
  .use(retextRepeatedWords)
  .use(plainEnglish)

const patterns = process.argv.length > 2 ? process.argv.slice(2) : DEFAULT_FILES
const files = globSync(patterns).filter(path => /\.(md|ts|js|ya?ml)$/.test(path) && !EXCLUDED.test(path))
let problems = 0
for (const path of files.sort()) {
  for (const { text, line } of readProse(path, readFileSync(path, 'utf8'))) {
    const file = new VFile({ value: text, path })
    await processor.run(processor.parse(file), file)
    const { messages } = file
    for (const message of messages) console.log(`${path}:${line + (message.line ?? 1) - 1}: ${message.reason}`)
    problems += messages.length
  }
}
console.log(`${files.length} files, ${problems} problems`)
process.exitCode = problems === 0 && files.length > 0 ? 0 : 1

function readProse(path: string, source: string): readonly Prose[] {
  if (path.endsWith('.md')) return [{ text: source, line: 1 }]
  return /\.(ts|js)$/.test(path) ? readSourceProse(source, path.startsWith('test/')) : readYamlProse(source)
}
