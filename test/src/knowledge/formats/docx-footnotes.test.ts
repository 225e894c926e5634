import JSZip from 'jszip'
import t from 'tap'
import { LONG, readPage } from './read-page.ts'

const NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'

const run = (text: string) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`
const reference = (id: number) => `<w:r><w:footnoteReference w:id="${id}"/></w:r>`
const paragraph = (...runs: readonly string[]) => `<w:p>${runs.join('')}</w:p>`
const heading = (text: string) => `<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>${run(text)}</w:p>`
const note = (id: number, ...runs: readonly string[]) => `<w:footnote w:id="${id}">${paragraph(...runs)}</w:footnote>`

/** Creates a Word document. */
function createDocx(body: string, notes: string): Promise<Uint8Array> {
  const zip = new JSZip()
  zip.file('[Content_Types].xml', '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
  const relation = (type: string, target: string) =>
    `<Relationships ${RELATIONS}><Relationship Id="r" Type="${OFFICE}/${type}" Target="${target}"/></Relationships>`
  zip.file('_rels/.rels', relation('officeDocument', 'word/document.xml'))
  zip.file('word/_rels/document.xml.rels', relation('footnotes', 'footnotes.xml'))
  zip.file('word/document.xml', `<w:document ${NAMESPACE}><w:body>${body}</w:body></w:document>`)
  zip.file('word/footnotes.xml', `<w:footnotes ${NAMESPACE}>${notes}</w:footnotes>`)
  const style = '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>'
  zip.file('word/styles.xml', `<w:styles ${NAMESPACE}>${style}</w:styles>`)
  return zip.generateAsync({ type: 'uint8array' })
}

t.test('a footnote of a Word document is at the end of the section that refers to it', async t => {
  const body = [
    heading('Hours'),
    paragraph(run(LONG), reference(1), run(' Overtime'), reference(1), run(' too.')),
    paragraph(run(LONG)),
    heading('Travel'),
    paragraph(run(LONG), reference(2), reference(9)),
  ]
  const notes = [
    note(1, run('Overtime is paid at 125 percent.')),
    note(2, run('By train'), reference(3)),
    note(3, run('Or bus.')),
  ]
  const bytes = await createDocx(body.join(''), notes.join(''))
  const { passages } = await readPage('docx', '', { bytes })
  t.same(
    passages.map(({ headings, text }) => [headings.at(-1), text]),
    [
      ['Hours', `${LONG} Overtime too.\n\n${LONG}\n\nOvertime is paid at 125 percent.`],
      ['Travel', `${LONG}\n\nBy train\n\nOr bus.`],
    ],
  )
})
