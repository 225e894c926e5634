import type { Redact } from '../../reply-text.ts'
import type { Document, IncomingDocument } from '../document.ts'
import { type BackgroundReader, createBackgroundReader } from './background-reader.ts'
import { readDocument } from './document-reader.ts'

/** Reads the documents of a run. */
export interface FileReader {
  read(document: IncomingDocument): Promise<Document>
  close(): Promise<void>
}

export interface FileReaderOptions {
  readonly redact?: Redact
  readonly redactorModule?: URL
}

/** A library that hangs in a file is stopped after this time. */
const MAX_READ_MS = 150_000
const MAX_HEAP_MB = 512

/**
 * Creates a reader for one run. Text is read in the calling thread. Binary formats are read in a
 * worker with limits of time and memory, because their libraries cannot be interrupted.
 */
export function createFileReader({ redact, redactorModule }: FileReaderOptions): FileReader {
  let background: BackgroundReader | undefined
  return {
    read(document) {
      if (document.bytes === undefined) return readDocument(document, redact)
      background ??= createBackgroundReader({ redact, redactorModule, maxReadMs: MAX_READ_MS, maxHeapMb: MAX_HEAP_MB })
      return background.read(document)
    },
    close: async () => background?.close(),
  }
}
