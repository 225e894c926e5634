/**
 * Frees the memory of bytes that are no longer needed now, and not at a later garbage collection.
 * Until then, many of 64 KB would lie all over the memory of the process, which could hardly give
 * any of it back to the system. Bytes that share their memory with others stay.
 */
export function freeMemory({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
