/** Marks the place of an image without a description until the text around it is complete. */
export const REMOVED_IMAGE = '\u{E003}'

/** Removes images without a description, and the space between one and punctuation. */
export function dropRemovedImages(text: string): string {
  if (!text.includes(REMOVED_IMAGE)) return text
  return text.replace(/ ?\u{E003}(?=[\s,.;:!?)\]]|$)/gu, '').replaceAll(REMOVED_IMAGE, '')
}
