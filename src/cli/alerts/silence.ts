import { randomBytes } from 'node:crypto'
import { ChatError } from '../../errors.ts'
import type { AuditCommandDeps } from '../audit.ts'
import { appendCommand } from '../command-record.ts'
import type { SilenceOptions } from './alerts-command.ts'
import { findRule, readRules, withAlertStore } from './monitoring-store.ts'

const LONGEST_MS = 90 * 86_400_000

/** Runs `pellucid alerts silence`. The silence is recorded in the audit trail before it begins. */
export function runAlertsSilence(id: string | undefined, options: SilenceOptions, deps: AuditCommandDeps): number {
  if (options.end !== undefined) return end(options.end, deps)
  const { all, for: durationMs, reason } = options
  if (all === (id !== undefined)) throw invalid('Name one rule, or use --all')
  if (durationMs === undefined || durationMs > LONGEST_MS) throw invalid('Say with --for how long, at most 90d')
  if (reason === undefined || reason.trim() === '' || reason.length > 500)
    throw invalid('Say with --reason why, in at most 500 characters')
  const rule = id === undefined ? '*' : findRule(id, readRules()).id
  const from = deps.now()
  const silence = {
    id: randomBytes(6).toString('base64url'),
    rule,
    from,
    until: from + durationMs,
    by: `command:${deps.uid ?? 'unknown'}`,
    reason,
  }
  const until = new Date(silence.until).toISOString()
  withAlertStore(deps.config.dataDir, store => {
    appendCommand('alert_silenced', { silence: silence.id, rule, until, reason }, deps)
    store.addSilence(silence)
  })
  deps.stdout.write(
    `${rule === '*' ? 'All rules are' : `${rule} is`} silenced until ${until}. To end it: pellucid alerts silence --end ${silence.id}\n`,
  )
  return 0
}

function end(id: string, deps: AuditCommandDeps): number {
  const wasActive = withAlertStore(deps.config.dataDir, store => store.endSilence(id, deps.now()))
  if (!wasActive) throw invalid(`No silence has the id ${id}. pellucid alerts list shows them`)
  appendCommand('silence_ended', { silence: id }, deps)
  deps.stdout.write(`The silence ${id} has ended\n`)
  return 0
}

function invalid(message: string): ChatError {
  return new ChatError('VALIDATION_ERROR', { message })
}
