import t from 'tap'
import { createSearchEngine } from '../../../../src/search/passage-search.ts'

function engineOf(texts: Readonly<Record<string, string>>) {
  const engine = createSearchEngine()
  for (const [id, text] of Object.entries(texts)) engine.replace(id, id, [{ ordinal: 0, headings: [], text }])
  return (query: string) => engine.search(query, 10).hits.map(hit => hit.documentId)
}

t.test('a word that no document contains finds the compounds that contain it', async t => {
  const found = engineOf({
    fahrt: 'Die Donaudampfschifffahrtsgesellschaft fährt heute.',
    versand: 'Die Versandkostenpauschale beträgt vier Euro.',
    halt: 'Alle Straßenbahnhaltestellen der Stadt.',
    other: 'Nichts davon.',
  })
  t.same(found('Dampfschifffahrt'), ['fahrt'])
  t.same(found('Wie hoch sind die Versandkosten?')[0], 'versand')
  t.same(found('Haltestellen'), ['halt'])
  t.same(found('ein Dampf'), [], 'short words occur in others by chance')
})

t.test('a compound that no document contains finds the words that it is composed of', async t => {
  const found = engineOf({ parts: 'An der Haltestelle der Strassenbahn.', other: 'Am Bahnhof.' })
  t.same(found('Strassenbahnhaltestelle'), ['parts'])
})
