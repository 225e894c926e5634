import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createBackgroundReader } from '../../../../src/knowledge/ingest/background-reader.ts'
import { ingest } from '../../../../src/knowledge/ingest/ingest.ts'
import { createMemoryDocumentStore } from '../memory-document-store.ts'

const FIXTURES = new URL('../../../fixtures/documents/', import.meta.url)

async function read(t: Test, id: string, bytes?: Uint8Array) {
  const reader = createBackgroundReader({ maxReadMs: 150_000, maxHeapMb: 512 })
  t.teardown(() => reader.close())
  const format = id.endsWith('.pdf') ? 'pdf' : 'docx'
  return reader.read({ id, owner: 'operator', format, text: '', bytes: bytes ?? (await readFile(new URL(id, FIXTURES))) })
}

const unreadable = (message: RegExp) => ({ code: 'DOCUMENT_UNREADABLE', message })

t.test('a PDF becomes passages below its headings, located at their pages', async t => {
  const { title, text, passages } = await read(t, 'guide.pdf')
  t.equal(title, 'The Kettle Guide')
  t.same(
    passages.map(({ location, headings }) => [location, headings]),
    [
      ['guide.pdf#page=1', ['Boiling water']],
      ['guide.pdf#page=2', ['Settings']],
      ['guide.pdf#page=2', ['Settings', 'Serial port']],
    ],
  )
  t.match(text, /^# The Kettle Guide\n\n## Boiling water\n\nThe kettle boils/, 'its stored text is Markdown')
})

t.test('lists, tables and code of a PDF keep their structure, and running headers are removed', async t => {
  const { passages } = await read(t, 'guide.pdf')
  const [list, table, code] = passages.map(({ text }) => text)
  t.match(list, '\n1. Fill the kettle up to the mark.\n2. Close the lid until')
  t.match(list, 'while it is open even a little and the lamp stays dark.\n3. Press the switch.')
  t.match(table, '| Setting | Default | Meaning |\n| --- | --- | --- |\n| temperature | 100 | The water')
  t.match(table, 'after it has boiled, in minutes, up to sixty. |\n| beep | on | Whether the kettle beeps. |')
  t.match(code, '```\nset temperature 80\nif ready:\n    beep\n```')
  t.notMatch([list, table, code].join(), /third edition|Page \d/)
})

t.test('words divided at the end of a line are joined, and paragraphs continue on the next page', async t => {
  const { title, passages } = await read(t, 'report.pdf')
  t.equal(title, 'Report on filters')
  t.same(
    passages.map(({ location }) => location),
    ['report.pdf#page=1', 'report.pdf#page=2', 'report.pdf#page=2'],
  )
  t.match(passages[0]?.text, 'Its cartridge lasts')
  t.match(passages[0]?.text, 'when the well-known sign', 'a word that has its hyphen elsewhere too')
  t.match(passages[0]?.text, /the film gets thicker every day\.$/)
  t.match(passages[1]?.text, /^The rest of this page/)
})

t.test('a DOCX file becomes passages below its headings', async t => {
  const { title, passages } = await read(t, 'handbook.docx')
  t.equal(title, 'Kettle handbook')
  t.same(
    passages.map(({ headings, text }) => [headings, text]),
    [
      [
        ['Descaling'],
        'Lime makes the kettle slow. Descale it once a month.\n\n1. Fill in vinegar.\n2. Wait for an hour.\n3. Rinse twice.',
      ],
      [['Descaling', 'Spare parts'], '| Part | Number |\n| --- | --- |\n| Lid | K-11 |\n| Filter | K-12 |'],
      [['Remote control'], 'Send this request:\n\n```\nPOST /boil\n  degrees: 80\n```'],
    ],
  )
})

t.test('a file that cannot be read is rejected with the reason', async t => {
  await t.rejects(read(t, 'scan.pdf'), unreadable(/contains no text.*OCR/))
  await t.rejects(read(t, 'locked.pdf'), unreadable(/protected with a password/))
  await t.rejects(read(t, 'bomb.docx'), unreadable(/larger than 100 MB when it is decompressed/))
  const whole = { pdf: await readFile(new URL('guide.pdf', FIXTURES)), docx: await readFile(new URL('handbook.docx', FIXTURES)) }
  for (const [format, bytes] of Object.entries(whole)) {
    const problem = unreadable(format === 'pdf' ? /Not a valid PDF file/ : /Not a valid DOCX file/)
    await t.rejects(read(t, `a.${format}`, Buffer.from('no such format')), problem)
    await t.rejects(read(t, `a.${format}`, bytes.subarray(0, 200)), problem)
    await t.rejects(read(t, `a.${format}`, new Uint8Array()), problem)
  }
  const ole = Buffer.from('d0cf11e0a1b11ae1', 'hex')
  await t.rejects(read(t, 'a.docx', ole), unreadable(/protected with a password, or in the format of Word 97/))
})

t.test('ingest stores binary files, skips unchanged ones, and keeps the version of one that became unreadable', async t => {
  const cwd = t.testdir()
  await mkdir(join(cwd, 'kb'))
  for (const name of ['guide.pdf', 'handbook.docx', 'scan.pdf']) await copyFile(new URL(name, FIXTURES), join(cwd, 'kb', name))
  const store = createMemoryDocumentStore()
  const run = async (baseUrl?: string) => {
    const { added, replaced, unchanged, failed } = await ingest(['kb'], { store, prune: false, now: () => 1, cwd, baseUrl })
    return { added, replaced, unchanged, failed: failed.map(({ where }) => where) }
  }
  t.same(await run(), { added: 2, replaced: 0, unchanged: 0, failed: ['kb/scan.pdf'] })
  t.same(await run(), { added: 0, replaced: 0, unchanged: 2, failed: ['kb/scan.pdf'] })
  await writeFile(join(cwd, 'kb/guide.pdf'), 'broken')
  t.same(await run(), { added: 0, replaced: 0, unchanged: 1, failed: ['kb/guide.pdf', 'kb/scan.pdf'] })
  t.match(await store.find('kb/guide.pdf'), { title: 'The Kettle Guide', format: 'pdf', passageCount: 3 })
  await copyFile(new URL('guide.pdf', FIXTURES), join(cwd, 'kb/guide.pdf'))
  await run('https://kettle.example')
  const [passage] = await store.passages([{ documentId: 'kb/guide.pdf', ordinal: 1 }])
  t.equal(passage?.location, 'https://kettle.example/guide.pdf#page=2')
})
