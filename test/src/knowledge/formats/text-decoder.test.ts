import t from 'tap'
import { decodeText } from '../../../../src/knowledge/formats/text-decoder.ts'

const TEXT = 'Café für Überall, "naïve" text.'

t.test('UTF-8, UTF-16 and Latin-1 are recognized', async t => {
  const little = Buffer.from(TEXT, 'utf16le')
  const big = Buffer.from(little).swap16()
  const encodings = {
    utf8: Buffer.from(TEXT),
    'utf8 with a byte order mark': Buffer.from(`\uFEFF${TEXT}`),
    latin1: Buffer.from(TEXT, 'latin1'),
    utf16le: little,
    utf16be: big,
    'utf16le with a byte order mark': Buffer.concat([Buffer.from([0xff, 0xfe]), little]),
    'utf16be with a byte order mark': Buffer.concat([Buffer.from([0xfe, 0xff]), big]),
  }
  for (const [name, bytes] of Object.entries(encodings)) t.equal(decodeText(bytes), TEXT, name)
  t.equal(decodeText(Buffer.from([0x93, 0x61, 0x94, 0x80])), '“a”€', 'Windows-1252')
})

t.test('bytes that are not text are rejected', async t => {
  for (const bytes of [
    [0xff, 0x00, 0x61],
    [0x89, 0x50, 0x4e, 0x47, 0x1a, 0x00],
    [0xc3, 0x81, 0xff],
  ]) {
    t.throws(() => decodeText(Uint8Array.from(bytes)), { code: 'DOCUMENT_UNREADABLE', message: /Not text/ })
  }
})
