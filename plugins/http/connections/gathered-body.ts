import { pipeline, type Readable, Transform } from 'node:stream'
import { freeMemory } from '../../../src/base/free-memory.ts'

/** Gathers a body of a known length in one buffer while it arrives, and emits it whole. */
export function gatherBody(body: Readable, bytes: number): Readable {
  // It takes memory only where it has been written.
  const whole = Buffer.allocUnsafeSlow(bytes)
  let received = 0
  const gathering = new Transform({
    transform(piece: Buffer, _encoding, done) {
      received += piece.copy(whole, received)
      freeMemory(piece)
      done()
    },
    flush: done => done(null, whole.subarray(0, received)),
  })
  // An error of the body, as when its client leaves, is also one of the result.
  return pipeline(body, gathering, () => {})
}
