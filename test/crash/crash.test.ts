import t from 'tap'
import { crashRun } from './crash-run.ts'
import { runAsTest } from './kept-run.ts'

const DONE = ['turns', 'replays', 'erased by DELETE', 'documents put', 'ingest: done', 'prune: done', 'backup: done']

t.test('what a server acknowledged survives 20 kills under load', t => runAsTest(t, 20, crashRun, DONE))
