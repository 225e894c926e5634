import t from 'tap'
import { runAsTest } from '../crash/kept-run.ts'
import { findObstacle } from '../faults/layer/fault-layer.ts'
import { powerCutRun } from './power-cut-run.ts'

const DONE = ['turns checked', 'documents checked', 'erased by DELETE']

t.test('what a server acknowledged survives 10 power cuts', { skip: findObstacle() ?? false }, t =>
  runAsTest(t, 10, powerCutRun, DONE),
)
