/** The part of pino-roll's stream (a SonicBoom) that the log files use; the package brings no types. */
declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events'

  export interface RollingStream extends EventEmitter {
    readonly fd: number
    /** Path of the file being written. */
    readonly file: string
    write(text: string): boolean
    reopen(): void
    end(): void
  }

  export default function build(options: {
    readonly file: string
    readonly extension?: string
    readonly mode?: number
    readonly maxLength?: number
  }): Promise<RollingStream>
}
