import type { Database } from './database-manager.ts'

/**
 * Tries a write while writes fail. A server that is not ready gets no requests, so no other write
 * would show that writing works again.
 */
export async function probeWrites(manager: Pick<Database, 'state' | 'write'>): Promise<void> {
  // A failure is logged by the writer and shows in its state.
  if (manager.state.isFailing) await manager.write('probe', undefined).catch(() => undefined)
}
