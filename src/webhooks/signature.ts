import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { ChatError } from '../errors.ts'
import type { WebhookRequest } from './webhook.ts'

/** A request may be this much older or newer than the clock of the server, as Slack recommends. */
export const REPLAY_WINDOW_MS = 300_000

/** Splits a setting with secrets at its commas: during a rotation, two are valid. */
export function parseSecrets(setting: string): readonly string[] {
  return setting
    .split(',')
    .map(secret => secret.trim())
    .filter(Boolean)
}

/** HMAC-SHA-256 of parts that follow each other. */
export function hmac(secret: string | Uint8Array, parts: readonly (string | Uint8Array)[], encoding: 'hex' | 'base64'): string {
  const hash = createHmac('sha256', secret)
  for (const part of parts) hash.update(part)
  return hash.digest(encoding)
}

/** A header that was sent once; undefined otherwise. */
export function headerOf({ headers }: WebhookRequest, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

/**
 * Compares a signature with each of those expected, in a time that says nothing of their content.
 * @throws {ChatError} SIGNATURE_INVALID if there is none, or none is equal.
 */
export function requireSignature(given: string | undefined, expected: readonly string[]): void {
  if (given === undefined) throw invalid('missing')
  const digest = digestOf(given)
  const matches = expected.filter(signature => timingSafeEqual(digest, digestOf(signature)))
  if (matches.length === 0) throw invalid('mismatch')
}

/**
 * Refuses what was sent too long ago, or in the future: a replay.
 * @throws {ChatError} SIGNATURE_INVALID, also for a time that is not a number.
 */
export function requireRecent(sentAtMs: number, now: number, windowMs = REPLAY_WINDOW_MS): void {
  if (!(Math.abs(now - sentAtMs) <= windowMs)) throw invalid('stale')
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function invalid(reason: 'missing' | 'mismatch' | 'stale'): ChatError {
  return new ChatError('SIGNATURE_INVALID', { facts: { reason } })
}
