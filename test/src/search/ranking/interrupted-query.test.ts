import t from 'tap'
import { PassageIndex } from '../../../../src/search/index/passage-index.ts'
import { readPassage } from '../../../../src/search/index/passage-segments.ts'
import { QueryMarks } from '../../../../src/search/query/query-marks.ts'
import { planQuery } from '../../../../src/search/query/query-terms.ts'
import { CandidateRetrieval } from '../../../../src/search/ranking/candidate-retrieval.ts'
import { PassageTexts } from '../../../../src/search/ranking/passage-texts.ts'
import { Ranker } from '../../../../src/search/ranking/ranker.ts'
import { RANKING_WEIGHTS } from '../../../../src/search/ranking/ranking-weights.ts'
import { tldrPages } from '../plain-words.ts'

const PAGES = tldrPages().slice(0, 12)
/** Shares words, pairs and letter groups with `NEXT`. */
const INTERRUPTED = 'extracting archives, list the files of an archive in a directory'
const NEXT = 'list archived files'

function filledIndex(): PassageIndex {
  const index = new PassageIndex()
  for (const { id, title, passages } of PAGES)
    for (const passage of passages) index.add(`${id.slice(0, 1)}#${id}`, passage.ordinal, readPassage(id, title, passage))
  return index
}

function createSearch(index: PassageIndex) {
  const marks = new QueryMarks()
  const texts = new PassageTexts(index.sequences)
  const ranker = new Ranker(index, RANKING_WEIGHTS, marks, texts)
  const retrieval = new CandidateRetrieval(index)
  return (query: string) => {
    const plan = planQuery(query, index, RANKING_WEIGHTS.spelling)
    marks.begin(plan.lookups, index.vocabulary.slots)
    texts.begin()
    const { best } = retrieval.find(plan.lookups, 20)
    return ranker.rank(plan, best, best.count, 20)
  }
}

/**
 * Intercepts the accesses to an index. After `failAt(n)`, the n-th access throws; 0 disables this.
 */
function createFault(index: PassageIndex) {
  let calls = 0
  let failAt = 0
  const step = () => {
    if (++calls === failAt) throw new Error('injected failure')
  }
  const guard = (visit: (key: unknown) => unknown) => (key: unknown) => {
    step()
    return visit(key)
  }
  const intercept = <T extends object, K extends keyof T>(part: T, name: K) => {
    const method = part[name] as (...args: unknown[]) => unknown
    part[name] = ((...args: unknown[]) => {
      step()
      return method.apply(
        part,
        args.map(arg => (typeof arg === 'function' ? guard(arg as (key: unknown) => unknown) : arg)),
      )
    }) as T[K]
  }
  const { sequences, postings, vocabulary, documents } = index
  intercept(sequences, 'readInto')
  intercept(postings, 'count')
  intercept(postings, 'forEachKey')
  intercept(vocabulary.grams, 'count')
  intercept(vocabulary.grams, 'forEachKey')
  intercept(documents, 'firstPassage')
  intercept(documents, 'page')
  intercept(documents, 'name')
  return {
    failAt(n: number) {
      calls = 0
      failAt = n
    },
    calls: () => calls,
  }
}

t.test('a query that throws at any step does not change the result of the next query', async t => {
  const index = filledIndex()
  const fault = createFault(index)
  const search = createSearch(index)
  const expected = createSearch(index)(NEXT)
  t.ok(expected.length >= 10)
  fault.failAt(0)
  search(INTERRUPTED)
  const steps = fault.calls()
  t.ok(steps > 500, `${steps} steps`)
  const changed: number[] = []
  for (let step = 1; step <= steps; step++) {
    fault.failAt(step)
    if (!fails(() => search(INTERRUPTED))) t.fail(`step ${step} did not throw`)
    fault.failAt(0)
    if (JSON.stringify(search(NEXT)) !== JSON.stringify(expected)) changed.push(step)
  }
  t.same(changed, [])
})

function fails(run: () => unknown): boolean {
  try {
    run()
    return false
  } catch {
    return true
  }
}
