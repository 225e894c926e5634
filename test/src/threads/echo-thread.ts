import { parentPort, workerData } from 'node:worker_threads'

// A thread that repeats messages. `end` ends it, `fail` throws, `hang` is not answered.

parentPort?.on('message', (message: unknown) => {
  if (message === 'end') parentPort?.close()
  else if (message === 'fail') throw new Error('failed on purpose')
  else if (message === 'note') parentPort?.postMessage('noted')
  else if (message !== 'hang') parentPort?.postMessage({ echo: message, given: workerData })
})
