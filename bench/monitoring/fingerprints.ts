/**
 * Measures how well errors are assigned to kinds, on logs of other programs whose kinds people have
 * labelled: the 16 samples of Loghub (https://github.com/logpai/loghub; Zhu et al., 2023).
 *
 *   node bench/monitoring/fingerprints.ts FOLDER
 *
 * FOLDER contains NAME/NAME_2k.log_structured.csv. Each line's text becomes an error's message.
 * *Grouping accuracy* is the share of lines whose kind has exactly the lines of their label, the
 * measure of the literature (a tuned Drain has .87 on average). *Precision* and *recall* are those
 * of pairs of lines: a merged kind costs precision, a divided one recall.
 */
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createFingerprints } from '../../src/watch/analysis/errors/fingerprints.ts'

const folder = process.argv[2]
if (folder === undefined) {
  console.error('usage: node bench/monitoring/fingerprints.ts FOLDER')
  process.exit(2)
}
const rows = globSync('*/*_structured.csv', { cwd: folder })
  .sort()
  .map(file => ({ name: basename(file).replace('_2k.log_structured.csv', ''), ...score(readLines(join(folder, file))) }))
const mean = (name: 'accuracy' | 'precision' | 'recall') => rows.reduce((sum, row) => sum + row[name], 0) / rows.length

console.log('| log | kinds | found | grouping accuracy | precision | recall | µs an error |\n|---|---|---|---|---|---|---|')
for (const { name, labels, found, accuracy, precision, recall, us } of rows)
  console.log(`| ${name} | ${labels} | ${found} | ${[accuracy, precision, recall].map(share).join(' | ')} | ${us.toFixed(1)} |`)
console.log(`| mean | | | ${share(mean('accuracy'))} | ${share(mean('precision'))} | ${share(mean('recall'))} | |`)

interface Labelled {
  readonly text: string
  readonly label: string
}

function score(lines: readonly Labelled[]) {
  const fingerprints = createFingerprints()
  const start = performance.now()
  const ids = lines.map(
    ({ text }) => fingerprints.assign({ level: 'ERROR', module: 'm', msg: 'Failed', err: { type: 'Error', message: text } }).id,
  )
  const us = ((performance.now() - start) * 1000) / lines.length
  const found = count(ids)
  const labels = count(lines.map(({ label }) => label))
  const both = count(lines.map(({ label }, i) => `${label} ${ids[i]}`))
  const right = lines.filter(({ label }, i) => {
    const shared = both.get(`${label} ${ids[i]}`)
    return shared === labels.get(label) && shared === found.get(ids[i] ?? '')
  })
  return {
    labels: labels.size,
    found: found.size,
    accuracy: right.length / lines.length,
    precision: pairs(both) / pairs(found),
    recall: pairs(both) / pairs(labels),
    us,
  }
}

function count(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

function pairs(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0)
}

/** Reads the columns `Content` and `EventId`; no field contains a line break. */
function readLines(file: string): readonly Labelled[] {
  const [head = '', ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/)
  const names = fields(head)
  const [text, label] = [names.indexOf('Content'), names.indexOf('EventId')]
  return lines.map(line => ({ text: fields(line)[text] ?? '', label: fields(line)[label] ?? '' }))
}

function fields(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  )
}

function share(value: number): string {
  return value.toFixed(2).replace(/^0/, '')
}
