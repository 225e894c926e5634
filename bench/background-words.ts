import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { analyse } from '../src/text/analysis.ts'

/*
 * node bench/background-words.ts FOLDER1 FOLDER2… > src/text/background-words.ts
 *
 * For each folder (Markdown, HTML, JSON Lines), counts the share of runs of 100 words that contain
 * each English stem. Prints the most frequent stems that occur in at least two folders, by mean
 * share: words of the subject of one folder are not common.
 */

const STEMS = 4000
const RUN_WORDS = 100
const LEVELS_PER_E = 2
const LINE_LENGTH = 140

const folders = process.argv.slice(2)
if (folders.length < 2) {
  console.error('usage: node bench/background-words.ts FOLDER1 FOLDER2…')
  process.exit(2)
}
const counted = folders.map(countShares)
const stems = new Set(counted.flatMap(shares => [...shares.keys()]))
const mean = [...stems]
  .filter(stem => counted.filter(shares => shares.has(stem)).length > 1)
  .map(stem => ({ stem, share: counted.reduce((sum, shares) => sum + (shares.get(stem) ?? 0), 0) / counted.length }))
  .sort((a, b) => b.share - a.share || (a.stem < b.stem ? -1 : 1))
  .slice(0, STEMS)
console.log(writeModule(mean))

function countShares(folder: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  let runs = 0
  for (const text of readTexts(folder)) {
    const terms = analyse(text).flatMap(({ term }) => (/^[a-z][a-z']+$/.test(term) ? [term] : []))
    for (let start = 0; start < terms.length; start += RUN_WORDS, runs++)
      for (const term of new Set(terms.slice(start, start + RUN_WORDS))) counts.set(term, (counts.get(term) ?? 0) + 1)
  }
  return new Map([...counts].map(([term, count]) => [term, count / runs]))
}

function* readTexts(folder: string): Generator<string> {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name)
    if (!/\.(?:md|html|jsonl)$/.test(name) || !statSync(path).isFile()) continue
    const text = readFileSync(path, 'utf8')
    if (name.endsWith('.jsonl')) for (const line of text.split('\n').filter(line => line !== '')) yield textOf(line)
    else yield withoutMarkup(text)
  }
}

function textOf(line: string): string {
  const { title = '', text } = JSON.parse(line) as { readonly title?: string; readonly text: string }
  return withoutMarkup(`${title}\n${text}`)
}

function withoutMarkup(text: string): string {
  return text
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]+>|&\w+;|https?:\S+/g, ' ')
    .replace(/’/g, "'")
}

function writeModule(words: readonly { readonly stem: string; readonly share: number }[]): string {
  const levels = Map.groupBy(words, ({ share }) => Math.round(-Math.log(share) * LEVELS_PER_E))
  const last = Math.max(...levels.keys())
  const lists = Array.from({ length: last + 1 }, (_, level) => wrap((levels.get(level) ?? []).map(({ stem }) => stem)))
  const header = [
    `The stems of ${words.length} frequent English words, by frequency: those at index n occur in about e^(−n /`,
    `${LEVELS_PER_E}) of all texts of ${RUN_WORDS} words. Counted by bench/background-words.ts in the documentation of`,
    'Fastify (MIT) and Django (BSD-3-Clause), tldr-pages (CC BY 4.0) and MedQuAD (CC BY 4.0): the mean',
    'share in the four; a word has to occur in at least two.',
  ]
  return `/**
${header.map(line => ` * ${line}`).join('\n')}
 */
export const BACKGROUND_STEMS: readonly string[] = [
${lists.map(list => `  \`${list}\`,`).join('\n')}
]`
}

function wrap(words: readonly string[]): string {
  return words.reduce((text, word) => {
    const line = text.length - text.lastIndexOf('\n')
    return text === '' ? word : text + (line + word.length > LINE_LENGTH ? '\n  ' : ' ') + word
  }, '')
}
