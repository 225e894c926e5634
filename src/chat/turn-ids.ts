/** 144 bits: exactly 24 characters of base64url. */
const ID_BYTES = 18
/** Ids whose bytes are drawn at once: drawing those of one id takes 15 µs of a server's turn. */
const DRAWN_IDS = 128

/**
 * Creates a function that returns the id of a new turn: 24 characters of base64url, which cannot be
 * guessed.
 * @param randomBytes Cryptographically secure.
 */
export function createTurnIds(randomBytes: (count: number) => Buffer): () => string {
  let drawn: Buffer = Buffer.alloc(0)
  let used = 0
  return () => {
    if (used === drawn.length) {
      drawn = randomBytes(ID_BYTES * DRAWN_IDS)
      used = 0
    }
    used += ID_BYTES
    return drawn.toString('base64url', used - ID_BYTES, used)
  }
}
