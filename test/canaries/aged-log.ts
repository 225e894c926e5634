import { globSync, renameSync, utimesSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { formatLogFileName, parseLogFileName } from '../../src/logging/log-streams.ts'

const AGE_MS = 3 * 86_400_000

/** Makes every other file of the log three days old, so that retention compresses it. */
export function ageLog(logDir: string): void {
  const time = new Date(Date.now() - AGE_MS)
  for (const path of globSync(join(logDir, '{chatbot,debug,info,warning,error}/*.log'))) {
    const name = parseLogFileName(basename(path))!
    if (name.number % 2 === 0) continue
    const aged = join(dirname(path), formatLogFileName({ ...name, day: time.toISOString().slice(0, 10) }))
    renameSync(path, aged)
    utimesSync(aged, time, time)
  }
}
