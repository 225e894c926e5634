import type { DocumentStore, DocumentSummary } from '../knowledge/document.ts'
import { describeMissingDocuments } from '../knowledge/missing-documents.ts'
import { escapeBetweenLines, escapeControls } from '../text/printing/printable.ts'

/** The dependencies of `pellucid documents`. */
export interface DocumentsDeps {
  readonly store: Pick<DocumentStore, 'list' | 'find' | 'remove' | 'owner'>
  readonly stdout: Pick<NodeJS.WriteStream, 'write'>
  readonly stderr: Pick<NodeJS.WriteStream, 'write'>
  /** Called for each removed document. */
  readonly onRemoved?: (id: string) => void
}

const PAGE_DOCUMENTS = 500

/**
 * Prints the id, the number of passages and the title of each document, or JSON lines. Says on
 * stderr if the operator has added none.
 */
export async function runDocumentsList(
  { json }: { readonly json: boolean },
  { store, stdout, stderr }: DocumentsDeps,
): Promise<number> {
  for (let after: string | undefined; ; ) {
    const page = await store.list({ limit: PAGE_DOCUMENTS, ...(after !== undefined && { after }) })
    for (const document of page)
      stdout.write(json ? `${JSON.stringify(toJson(document))}\n` : `${escapeControls(describe(document))}\n`)
    after = page.at(-1)?.id
    if (page.length < PAGE_DOCUMENTS) break
  }
  const missing = describeMissingDocuments(await store.owner())
  if (missing !== undefined) stderr.write(`${missing}\n`)
  return 0
}

/** Prints a document as it was read, below its facts. Resolves to 1 if it does not exist. */
export async function runDocumentsShow(id: string, deps: DocumentsDeps): Promise<number> {
  const document = await deps.store.find(id)
  if (document === undefined) return reportMissing(id, deps)
  const facts = Object.entries(toJson(document)).filter(([, value]) => value !== undefined)
  const lines = facts.map(([name, value]) => escapeControls(`${name}: ${value}`))
  deps.stdout.write(`${lines.join('\n')}\n\n${escapeBetweenLines(document.text)}\n`)
  return 0
}

/** Removes documents. Resolves to 1 if one of them does not exist; the others are removed. */
export async function runDocumentsRemove(ids: readonly string[], deps: DocumentsDeps): Promise<number> {
  let exitCode = 0
  for (const id of ids) {
    if ((await deps.store.remove([id])) === 0) exitCode = reportMissing(id, deps)
    else {
      deps.onRemoved?.(id)
      deps.stdout.write(`Removed ${escapeControls(id)}\n`)
    }
  }
  return exitCode
}

function reportMissing(id: string, { stderr }: DocumentsDeps): number {
  stderr.write(`No document has the id "${escapeControls(id)}". List all ids with: pellucid documents list\n`)
  return 1
}

function describe({ id, title, passageCount, owner }: DocumentSummary): string {
  const passages = `${passageCount} ${passageCount === 1 ? 'passage' : 'passages'}`
  return `${id}  ${passages}  ${title}${owner === 'project' ? '  (manual)' : ''}`
}

function toJson({ id, title, format, url, file, passageCount, textBytes, updatedAt }: DocumentSummary) {
  const updated = new Date(updatedAt).toISOString()
  return { id, title, format, url, file, passage_count: passageCount, text_bytes: textBytes, updated_at: updated }
}
