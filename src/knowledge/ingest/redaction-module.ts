import type { Redact } from '../../reply-text.ts'

/** Loads the redaction of a module's `createRedactor`, which a worker cannot be sent. */
export async function loadRedaction(module: string | undefined): Promise<Redact | undefined> {
  return module === undefined ? undefined : (await import(module)).createRedactor().text
}
