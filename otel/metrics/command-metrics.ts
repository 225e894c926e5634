import { recordCommand } from '../recording.ts'

/** Runs a command and records its outcome and duration. */
export async function measureCommand<Result>(command: string, run: () => Result | Promise<Result>): Promise<Result> {
  const started = performance.now()
  try {
    const result = await run()
    recordCommand(command, 'success', performance.now() - started)
    return result
  } catch (error) {
    recordCommand(command, 'error', performance.now() - started)
    throw error
  }
}
