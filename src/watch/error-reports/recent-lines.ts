/** The latest lines of the log, in memory. */
export interface RecentLines {
  add(line: string): void
  /** Returns the latest lines that contain a text, at most `max`, in the order of `add`. */
  find(text: string, max: number): readonly string[]
}

/** Creates a memory of at most `maxLines` lines and `maxChars` characters. */
export function createRecentLines(maxLines: number, maxChars: number): RecentLines {
  const lines: string[] = []
  let chars = 0
  return {
    add(line) {
      lines.push(line)
      chars += line.length
      while (lines.length > maxLines || chars > maxChars) chars -= lines.shift()?.length ?? 0
    },
    find(text, max) {
      const found: string[] = []
      for (let i = lines.length - 1; i >= 0 && found.length < max; i--) {
        const line = lines[i] ?? ''
        if (line.includes(text)) found.push(line)
      }
      return found.reverse()
    },
  }
}
