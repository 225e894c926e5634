import { createHash } from 'node:crypto'
import t from 'tap'
import { readUnits, UNIT_WEIGHTS } from '../../../../src/search/index/passage-segments.ts'
import { createSearchEngine } from '../../../../src/search/passage-search.ts'
import { tldrPages } from './plain-words.ts'

/** Texts of which analysis makes something else than of English ones. */
const FOREIGN = [
  'Die Kündigungsfrist läuft ab. Weiß?',
  '我們可以編輯文件。保存！',
  'แก้ไขไฟล์',
  'السيارات والمكتبة',
  'Ο σάς σερβερ; Привет, мир',
]

t.test('what is indexed of a text is pinned with the version that says so', async t => {
  const digest = createHash('sha256').update(JSON.stringify(UNIT_WEIGHTS))
  for (const { id, title, passages } of tldrPages())
    for (const passage of passages) digest.update(JSON.stringify(readUnits(id, title, passage)))
  for (const text of FOREIGN) digest.update(JSON.stringify(readUnits('id', text, { ordinal: 0, headings: [text], text })))
  const analysis = /"analysis":(\d+)/.exec(Buffer.from(createSearchEngine().save(0)).toString('latin1'))?.[1]
  // Where the digest changes, saved indexes are outdated: raise ANALYSIS_VERSION in index-file.ts, then pin both anew.
  t.same({ analysis, digest: digest.digest('hex').slice(0, 16) }, { analysis: '2', digest: '6b1316617b6e524b' })
})
