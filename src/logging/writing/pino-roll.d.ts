/**
 * The part of pino-roll's stream (a SonicBoom) that the log files use; the package brings no types.
 */
declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events'

  export interface RollingStream extends EventEmitter {
    readonly fd: number
    /** Path of the file being written. */
    readonly file: string
    write(bytes: Uint8Array): boolean
    end(): void
    /** Closes the file, whatever has not been written. */
    destroy(): void
  }

  export default function build(options: {
    readonly file: string
    /** Stands in the file's name, after the notation of date-fns. */
    readonly dateFormat: string
    readonly frequency: 'daily'
    /** A number with its unit: `104857600b`. */
    readonly size: string
    readonly mode: number
    readonly sync: true
    readonly contentMode: 'buffer'
  }): Promise<RollingStream>
}
