const FENCE = /^```/gm

/**
 * Cuts a reply to a number of UTF-16 code units, at the end of a line if one is near. A block of
 * code is closed.
 */
export function cutReply(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  const room = text.slice(0, maxChars - '\n```\n…'.length)
  const end = room.lastIndexOf('\n')
  const kept = (end > room.length * 0.8 ? room.slice(0, end) : room).toWellFormed().replace(/\uFFFD$/, '')
  const isOpen = (kept.match(FENCE)?.length ?? 0) % 2 === 1
  return `${kept}${isOpen ? '\n```\n' : '\n'}…`
}
