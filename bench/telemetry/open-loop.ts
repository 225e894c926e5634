/** Requests at a rate of their own: they do not wait for answers, so that a server that falls behind is seen to. */
import { Agent, request } from 'node:http'
import { setTimeout } from 'node:timers/promises'

export interface Answer {
  /** From the moment when the request was due to the last byte of its answer. */
  readonly tookMs: number
  /** 0 where the connection failed. */
  readonly status: number
  readonly body: string
}

export interface Rate {
  readonly perSecond: number
  readonly seconds: number
}

const agent = new Agent({ keepAlive: true })

/** Posts the bodies, one after another and over again, and resolves when all are answered. It never rejects. */
export async function loadOpenLoop(url: string, bodies: readonly object[], { perSecond, seconds }: Rate): Promise<Answer[]> {
  const started = performance.now()
  const answers: Promise<Answer>[] = []
  for (let i = 0; i < perSecond * seconds; i++) {
    const dueAt = started + (i * 1000) / perSecond
    const earlyMs = dueAt - performance.now()
    if (earlyMs > 0) await setTimeout(earlyMs)
    answers.push(post(url, JSON.stringify(bodies[i % bodies.length]), dueAt))
  }
  return Promise.all(answers)
}

function post(url: string, json: string, dueAt: number): Promise<Answer> {
  return new Promise(resolve => {
    const finish = (status: number, body: string) => resolve({ tookMs: performance.now() - dueAt, status, body })
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) }
    const outgoing = request(url, { method: 'POST', agent, headers }, reply => {
      let body = ''
      reply.setEncoding('utf8')
      reply.on('data', chunk => {
        body += chunk
      })
      reply.on('end', () => finish(reply.statusCode ?? 0, body))
    })
    outgoing.once('error', error => finish(0, error.message))
    outgoing.end(json)
  })
}
