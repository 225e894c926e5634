/**
 * Sends requests at a fixed rate, whether or not answers arrive, to show a server that falls
 * behind.
 */
import { Agent, request } from 'node:http'
import { setTimeout } from 'node:timers/promises'

export interface Answer {
  /** From the scheduled time of the request to the last byte of its answer. */
  readonly tookMs: number
  /** 0 if the connection failed. */
  readonly status: number
  readonly body: string
}

export interface Rate {
  readonly perSecond: number
  readonly seconds: number
}

const agent = new Agent({ keepAlive: true })

/** Posts the bodies in a loop and resolves when all are answered. Never rejects. */
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
