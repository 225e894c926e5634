import type { ComposeStack } from './compose-stack.ts'

/** Something that docker-compose.yml or the manual promises. */
export interface Check {
  readonly name: string
  /** Service without which there is nothing to check. */
  readonly needs?: string
  /** Resolves to what was seen. @throws {Error} if the promise is broken. */
  run(stack: ComposeStack): Promise<string>
}

/** @throws {Error} with the text unless the condition holds. */
export function expect(holds: boolean, broken: () => string): void {
  if (!holds) throw new Error(broken())
}
