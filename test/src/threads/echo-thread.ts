import { parentPort, workerData } from 'node:worker_threads'

// A thread that repeats messages. `end` and `leave` end it, `leave` without a reply; `fail`
// throws; `hang` is not answered.

parentPort?.on('message', (message: unknown) => {
  if (message === 'end') parentPort?.postMessage({ echo: message, given: workerData })
  if (message === 'end' || message === 'leave') parentPort?.close()
  else if (message === 'fail') throw new Error('failed on purpose')
  else if (message === 'note') parentPort?.postMessage('noted')
  else if (message !== 'hang') parentPort?.postMessage({ echo: message, given: workerData })
})
