import type { FastifyInstance } from 'fastify'
import type { Config } from '../src/config.ts'
import type { LogState } from '../src/logging/writing/log-transport.ts'
import answerPool from './answer/answer-pool.ts'
import answering from './answer/answering.ts'
import readiness from './answer/readiness.ts'
import wording from './answer/wording.ts'

interface AnswerOptions {
  readonly config: Config
  readonly logState: (() => LogState) | undefined
}

/**
 * Answers of questions, in worker threads or in this one, the texts of replies, and whether the
 * server can answer.
 *
 * Needs `edge`, `observe`, `store` and `knowledge`. Gives answers, texts and readiness.
 */
export function registerAnswer(app: FastifyInstance, { config, logState }: AnswerOptions): void {
  app.register(wording, { config })
  app.register(answerPool, { config })
  app.register(answering, { config })
  app.register(readiness, { config, logState })
}
