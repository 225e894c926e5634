/** The part of pino-roll that the log files use; the package has no types. */
declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events'

  /** A SonicBoom. */
  export interface RollingStream extends EventEmitter {
    readonly fd: number
    /** Path of the file being written. */
    readonly file: string
    write(bytes: Uint8Array): boolean
    end(): void
    /** Closes the file, and drops unwritten bytes. */
    destroy(): void
  }

  export default function build(options: {
    readonly file: string
    /** Format of the date in the file name, in the notation of date-fns. */
    readonly dateFormat: string
    readonly frequency: 'daily'
    /** Number and unit: `104857600b`. */
    readonly size: string
    readonly mode: number
    readonly sync: true
    readonly contentMode: 'buffer'
  }): Promise<RollingStream>
}
