import t from 'tap'
import { type Admission, createAdmission } from '../../../src/admission/admission.ts'

/** A client that sends a request at a time, or whenever a number of its requests is in progress. */
interface Sent {
  readonly at: number
  readonly client?: string
}

/** A server that works on one request at a time, in the order of their arrival, for `workMs`. */
function serve(workMs: number) {
  let time = 0
  let freeAt = 0
  const ends: { readonly at: number; leave(): void }[] = []
  const admission = createAdmission(() => time)
  const done: { readonly at: number; readonly tookMs: number }[] = []
  const refused: { readonly at: number; readonly retryAfterS: number }[] = []

  /** Ends the requests that are done at this time. */
  function advance(to: number): void {
    while (ends[0] !== undefined && ends[0].at <= to) {
      const { at, leave } = ends.shift()!
      time = at
      leave()
    }
    time = to
  }

  return {
    admission,
    done,
    refused,
    advance,
    send({ at, client }: Sent): boolean {
      advance(at)
      if (admission.refusalOf(client) !== undefined) {
        refused.push({ at, retryAfterS: admission.retryAfterS() })
        return false
      }
      const leave = admission.admit(client)
      freeAt = Math.max(freeAt, at) + workMs
      ends.push({ at: freeAt, leave })
      done.push({ at: freeAt, tookMs: freeAt - at })
      return true
    },
    get nextEnd() {
      return ends[0]?.at ?? time
    },
  }
}

/** Sends at a fixed rate. */
function sendAll(server: ReturnType<typeof serve>, { from, to, perSecond }: { from: number; to: number; perSecond: number }) {
  for (let at = from; at < to; at += 1000 / perSecond) server.send({ at })
}

t.test('at any load the server works all the time, and no request is in it for longer than a second', async t => {
  for (const workMs of [1, 2, 10]) {
    const capacity = 1000 / workMs
    for (const factor of [1, 2, 5, 10]) {
      const server = serve(workMs)
      // Until the capacity is measured, 1,000 requests may wait.
      sendAll(server, { from: 0, to: 20_000, perSecond: 2 * capacity })
      sendAll(server, { from: 20_000, to: 32_000, perSecond: factor * capacity })
      const during = server.done.filter(({ at }) => at > 20_000 && at <= 32_000)
      t.ok(during.length >= 0.99 * 12 * capacity, `goodput ${during.length} of ${12 * capacity}`)
      const late = during.filter(({ tookMs }) => tookMs > 1000)
      t.ok(late.length <= 0.01 * during.length, `${factor} × ${capacity}: ${late.length} late`)
    }
  }
})

t.test('a closed loop of 32 connections is never refused, however slow the server is', async t => {
  for (const client of [undefined, 'address']) {
    const server = serve(50)
    for (let i = 0; i < 32; i++) t.ok(server.send({ at: 0, client }))
    for (let i = 0; i < 2000; i++) server.send({ at: server.nextEnd, client })
    t.equal(server.admission.limit, 64)
    t.equal(server.refused.length, 0)
  }
})

t.test('slow requests that wait for something else do not lower the limit of a server that is not busy', async t => {
  const server = serve(1)
  const { limit } = server.admission
  for (let i = 0; i < 10; i++) server.admission.admit('slow')
  sendAll(server, { from: 0, to: 5000, perSecond: 1 })
  t.equal(server.admission.limit, limit)
})

/** Admits requests of a client until one is refused; returns the number. */
function fill(admission: Admission, client: string | undefined): number {
  let admitted = 0
  for (; admission.refusalOf(client) === undefined; admitted++) admission.admit(client)
  return admitted
}

t.test('a client gets half of the places, two a third each, and a new one always finds some', async t => {
  const one = createAdmission(() => 0)
  const { limit } = one
  t.equal(fill(one, 'a'), limit / 2)
  t.equal(one.refusalOf('a'), 'share')
  t.equal(one.refusalOf('b'), undefined)
  t.equal(one.refusalOf(undefined), undefined)

  const two = createAdmission(() => 0)
  const shares = { a: 0, b: 0 }
  for (let i = 0; i < limit; i++)
    for (const client of ['a', 'b'] as const)
      if (two.refusalOf(client) === undefined) {
        two.admit(client)
        shares[client]++
      }
  for (const share of Object.values(shares)) t.ok(Math.abs(share - limit / 3) <= 1, `${share} of ${limit}`)
  t.equal(two.refusalOf('c'), undefined)

  t.equal(fill(two, undefined), limit - shares.a - shares.b)
  t.equal(two.refusalOf('c'), 'limit')
})

t.test('a place that is given back twice is free once', async t => {
  const admission = createAdmission(() => 0)
  const leave = admission.admit('a')
  admission.admit('a')
  leave()
  leave()
  t.equal(admission.inFlight, 1)
})

t.test('clients that wait for Retry-After come back spread over as many seconds as the load is too high', async t => {
  const server = serve(2)
  sendAll(server, { from: 0, to: 2000, perSecond: 1000 })
  sendAll(server, { from: 2000, to: 8000, perSecond: 5000 })
  const waits = server.refused.filter(({ at }) => at > 7000).map(({ retryAfterS }) => retryAfterS)
  t.same([Math.min(...waits), Math.max(...waits)], [1, 10])
  const perWait = [...Map.groupBy(waits, wait => wait).values()].map(({ length }) => length)
  t.ok(Math.max(...perWait) - Math.min(...perWait) <= 10, 'evenly')
  t.ok(Math.max(...perWait) <= 500, 'in each second no more than the server can serve')
})
