import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type EvaluateOptions, runEvaluate } from '../../../src/cli/evaluate/evaluate.ts'

const lines = (...values: readonly unknown[]) => values.map(value => `${JSON.stringify(value)}\n`).join('')

/** A judged collection and an answer set about the same subject. */
function openWorld(t: Test) {
  const cwd = t.testdir({
    judged: {
      'corpus.jsonl': lines(
        { id: 'a', title: 'Apples', text: 'Apples are red.' },
        { id: 'b', title: 'Bread', text: 'Bread is brown.' },
      ),
      'queries.jsonl': lines({ id: 'q', text: 'Which apples are red?', answers: ['red'] }, { id: 'u', text: 'Which butter?' }),
      'qrels.tsv': 'q\ta\t1\n',
    },
    set: {
      docs: {
        'tea.md':
          '# Tea\n\n## Brewing green tea\n\nGreen tea is brewed at 75 degrees.\n\n## Storing tea\n\nTea keeps for a year.\n',
        'coffee.html': '<main><h1>Coffee</h1><p>Coffee is brewed with water at 92 degrees.</p></main>',
        'draft.md': '---\ndraft: true\n---\n\n# Cocoa\n\nCocoa is sweet.\n',
        'tea.png': 'not a picture',
      },
      'questions.jsonl': lines(
        { id: 'q1', question: 'How hot is green tea brewed?', answer: [['75 degrees']] },
        { id: 'q2', question: 'and coffee?', answer: [['92 degrees']], history: ['How hot is green tea brewed?'] },
        { id: 'q3', question: 'How long does tea keep?', answer: [['a decade']] },
        { id: 'q4', question: '/brew is slow, why?', answer: [['no command /brew']], history: ['hello'] },
      ),
      'oos.jsonl': lines({ id: 'o1', question: 'Who won the football match yesterday?' }),
      'phrasings.jsonl': lines(
        { phrasing: 'bare', question: 'brew coffee', page: 'coffee\\.html' },
        { phrasing: 'how do I', question: 'how do I store tea?', page: 'cocoa' },
      ),
    },
  })
  let out = ''
  let err = ''
  const stream = (write: (text: string) => void) => ({ write }) as unknown as NodeJS.WriteStream
  return {
    cwd,
    async evaluate(folders: readonly string[], options: Partial<EvaluateOptions> = {}) {
      out = ''
      err = ''
      const code = await runEvaluate(
        folders,
        { json: false, misses: false, ...options },
        {
          stdout: stream(text => {
            out += text
          }),
          stderr: stream(text => {
            err += text
          }),
          threshold: 0.4,
          clock: () => 0,
          cwd,
        },
      )
      return { code, out, err }
    },
  }
}

t.test('an answer set is ingested as its formats require, asked and measured', async t => {
  const { evaluate } = openWorld(t)
  const { code, out } = await evaluate(['set'], { json: true, misses: true })
  t.equal(code, 0)
  const figures = JSON.parse(out)
  t.match(figures, {
    folder: 'set',
    documents: 2,
    left_out: { documents: 0, files: 2, questions: 0 },
    replies: {
      questions: 4,
      right: 3,
      refused: 0,
      answered: 3,
      follow_ups: 2,
      follow_ups_right: 2,
      out_of_scope: 1,
      phrasings: { bare: { asked: 1, missed: 0 }, 'how do I': { asked: 1, missed: 1 } },
    },
  })
  t.ok(figures.misses.some(({ id, expected }: { id: string; expected?: unknown }) => id === 'q3' && expected !== undefined))
  t.ok(figures.misses.some(({ id, page }: { id: string; page?: string }) => id === 'how do I' && page === 'cocoa'))
})

t.test('several folders give one table with their total, and say what was left out', async t => {
  const { evaluate } = openWorld(t)
  const { out } = await evaluate(['judged', 'set'], { misses: true })
  t.match(out, /^judged +2 +1 +1\.0000 +100\.0 % +100\.0 % +0\.0 % +– +– /m)
  t.match(out, /^set +2 +4 +– +75\.0 % /m)
  t.match(out, /^all +5 +1\.0000 +80\.0 % /m)
  t.match(out, /Left out of judged: 1 questions without a judgement above 0/)
  t.match(out, /Left out of set: 2 files of another format or marked as drafts/)
  t.match(out, /Expected calibration error: 0\.\d{3}/)
  t.match(out, /Right page missed, by phrasing: bare 0 of 1, how do I 1 of 1/)
  t.match(out, /^set q3: How long does tea keep\?\n {2}Expected: a decade\n/m)
  t.match(JSON.parse((await evaluate(['judged', 'set'], { json: true })).out), {
    folders: [{ folder: 'judged', measures: {} }, { folder: 'set' }],
    total: { replies: { questions: 5, right: 4 }, ndcg_at_10: 1 },
  })
})

t.test('runs are kept for a single judged collection only', async t => {
  const { cwd, evaluate } = openWorld(t)
  const run = join(cwd, 'run.tsv')
  for (const folders of [['set'], ['judged', 'set']])
    await t.rejects(evaluate(folders, { run }), { code: 'COLLECTION_UNREADABLE', message: /a single folder/ })
})

t.test('a folder without documents or questions is refused', async t => {
  const { evaluate } = openWorld(t)
  const empty = t.testdir({
    nothing: { docs: {}, 'questions.jsonl': lines({ id: 'q', question: 'Tea?', answer: [['tea']] }) },
    silent: { docs: { 'tea.md': '# Tea\n\nTea is hot.\n' }, 'questions.jsonl': '' },
    unjudged: {
      'corpus.jsonl': lines({ id: 'a', text: 'Apples.' }),
      'queries.jsonl': lines({ id: 'q', text: 'Apples?' }),
      'qrels.tsv': '',
    },
  })
  await t.rejects(evaluate([join(empty, 'nothing')]), { message: /docs: No file there could be read/ })
  await t.rejects(evaluate([join(empty, 'silent')]), { message: /The files of questions are empty/ })
  await t.rejects(evaluate([join(empty, 'unjudged')]), { message: /No question has a judgement above 0/ })
})
