import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { formatOf } from '../src/knowledge/formats/source-format.ts'
import { decodeText } from '../src/knowledge/formats/text-decoder.ts'
import { readDocument } from '../src/knowledge/ingest/document-reader.ts'
import { createRedactor } from '../src/logging/redaction/redactor.ts'

/*
 * node bench/documents.ts FOLDER...   measures how fast documents are parsed and cut into passages
 *
 * Prints documents and megabytes per second of processor time for each format in each folder: the
 * faster of two runs, the first of which also loads the parser. Included files and the layout of
 * sites are left out.
 */

const redact = createRedactor().text
console.log('folder                          format      documents      MB  documents/s   MB/s  passages')
for (const folder of process.argv.slice(2)) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
  for (const [format, group] of Map.groupBy(files, formatOf)) {
    if (format === undefined || format === 'json-lines') continue
    const runs = [await measure(format, group), await measure(format, group)]
    const { documents, bytes, passages, seconds } = runs.reduce((a, b) => (b.seconds < a.seconds ? b : a))
    const columns = [String(documents).padStart(9), (bytes / 1e6).toFixed(2).padStart(7)]
    const speeds = [(documents / seconds).toFixed(0).padStart(12), (bytes / 1e6 / seconds).toFixed(2).padStart(6)]
    console.log([folder.slice(-30).padEnd(31), format.padEnd(10), ...columns, ...speeds, String(passages).padStart(9)].join(' '))
  }
}

async function measure(format: Exclude<ReturnType<typeof formatOf>, undefined | 'json-lines'>, files: readonly string[]) {
  let [documents, bytes, passages] = [0, 0, 0]
  const before = process.cpuUsage()
  for (const file of files) {
    const content = readFileSync(file)
    const isBinary = format === 'pdf' || format === 'docx'
    const text = isBinary ? '' : decodeText(content)
    const read = readDocument({ id: file, owner: 'operator', format, text, ...(isBinary && { bytes: content }) }, redact)
    const document = await read.catch(() => undefined)
    if (document === undefined) continue
    documents++
    bytes += content.length
    passages += document.passages.length
    await setImmediate()
  }
  const { user, system } = process.cpuUsage(before)
  return { documents, bytes, passages, seconds: (user + system) / 1e6 }
}
