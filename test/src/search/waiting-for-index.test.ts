import t from 'tap'
import type { IndexState } from '../../../src/search/index/index-manager.ts'
import { type Retrieve, type Retrieved, waitForIndex } from '../../../src/search/retrieval.ts'

const FOUND: Retrieved = { passages: [], terms: [], contextTerms: [], corrections: [], matchedTerms: [], scored: 0 }
const retrieve: Retrieve = async () => FOUND

function stateOf(change: Partial<IndexState>): IndexState {
  return { ready: false, revision: 0, documents: 3, passages: 9, terms: 20, rebuild: undefined, saveFailed: false, ...change }
}

t.test('questions wait for the documents, and are refused if these take too long', async t => {
  const index = { state: stateOf({ rebuild: { documentsDone: 3, documentsTotal: 71, earlierServes: false } }) }
  await t.rejects(waitForIndex(index, retrieve, 0)('tea', 5), { code: 'INDEX_INCOMPLETE', retryAfterS: 5 })
  const waiting = waitForIndex(index, retrieve)('tea', 5)
  index.state = stateOf({ ready: true })
  t.equal(await waiting, FOUND)
})

t.test('an earlier index answers during a rebuild', async t => {
  const state = stateOf({ rebuild: { documentsDone: 3, documentsTotal: 71, earlierServes: true } })
  await t.resolves(waitForIndex({ state }, retrieve, 0)('tea', 5))
})
