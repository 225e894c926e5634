import { createHash } from 'node:crypto'
import t from 'tap'
import { readPassage, SEGMENT_WEIGHTS } from '../../../../src/search/index/passage-segments.ts'
import { createSearchEngine } from '../../../../src/search/passage-search.ts'
import { indexBytes } from '../index-bytes.ts'
import { tldrPages } from '../plain-words.ts'

/** Texts that the analysis processes differently from English. */
const FOREIGN = [
  'Die Kündigungsfrist läuft ab. Weiß?',
  '我們可以編輯文件。保存！',
  'แก้ไขไฟล์',
  'السيارات والمكتبة',
  'Run this:\n\n```python\nrun()\n```',
  'Ο σάς σερβερ; Привет, мир',
  '1. Brew.\n   Pour it over the leaves.\n   Cup:\n   Hot',
  'Type: (cup: Cup) => void;',
  '1. Not the default.\n2. One\n\n| Limit | Value |\n| --- | --- |\n| Nodes | |\n| Pods | 110 |',
]

t.test('the indexed content of texts changes only together with ANALYSIS_VERSION', async t => {
  const digest = createHash('sha256').update(JSON.stringify(SEGMENT_WEIGHTS))
  for (const { id, title, passages } of tldrPages())
    for (const passage of passages) digest.update(JSON.stringify(readPassage(id, title, passage)))
  for (const text of FOREIGN) digest.update(JSON.stringify(readPassage('id', text, { ordinal: 0, headings: [text], text })))
  const analysis = /"analysis":(\d+)/.exec(Buffer.from(indexBytes(createSearchEngine())).toString('latin1'))?.[1]
  // If the digest changes, saved indexes are outdated: increase ANALYSIS_VERSION in index-file.ts
  // and update both values.
  t.same({ analysis, digest: digest.digest('hex').slice(0, 16) }, { analysis: '10', digest: '00f3fb94613d4186' })
})
