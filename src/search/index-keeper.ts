import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DocumentChange, DocumentStore } from '../knowledge/document.ts'
import type { Log } from '../logging/log.ts'
import { createSearchEngine } from './passage-search.ts'
import { readSavedIndex, writeSavedIndex } from './saved-index.ts'
import type { SearchEngine } from './search-engine.ts'

export interface IndexState {
  /** Whether everything that was stored at some moment since the start can be found. */
  readonly ready: boolean
  /** Revision of the store that the index has reached. */
  readonly revision: number
  readonly documents: number
  readonly passages: number
  readonly terms: number
  /** Whether the index is being made anew, for want of a saved one that could be used. */
  readonly rebuilding: boolean
  /** Whether the last attempt to save failed; the log tells why. */
  readonly saveFailed: boolean
}

export interface IndexKeeper {
  /** Loads the saved index and brings it up to date: the first `sync`, by its better name. */
  open(): Promise<void>
  /**
   * Takes in what has changed in the store; resolves when all is findable that was stored before the call. Runs never overlap: a call during one
   * waits for the next. Rejects when the store cannot be read; what was taken in until then stays, and the next call goes on from there.
   */
  sync(): Promise<void>
  /**
   * Writes the index to its file, atomically, if it has changed. Never rejects: a failure is logged and stands in the state, and the next call tries again.
   * Encoding holds the thread for about 1 ms per 1,000 passages.
   */
  save(): Promise<void>
  /** One object for the keeper's lifetime, whichever index it stands for. Searches see a document that is being replaced in part. */
  readonly engine: SearchEngine
  readonly state: IndexState
}

export interface IndexKeeperOptions {
  readonly store: Pick<DocumentStore, 'changesSince' | 'revision'>
  /** The file that the index is saved to. Its folder must exist. */
  readonly path: string
  readonly log?: Log
  /** A clock in milliseconds that never goes back, from any origin. */
  readonly now: () => number
  /** Aborted when there is no more use for the index: a run leaves off after the document it is at, and what it has reached can be saved. */
  readonly signal?: AbortSignal
}

/** Documents read from the store at a time. */
const BATCH_DOCUMENTS = 64
/** Work between two turns of the event loop; what is longer could be noticed by requests. */
const SLICE_MS = 6

/** Keeps a search engine equal to the stored documents, which are the truth; the index can be lost at any time. */
export function createIndexKeeper({ store, path, log, now, signal }: IndexKeeperOptions): IndexKeeper {
  let engine = createSearchEngine()
  let revision = 0
  let savedRevision: number | undefined
  let loaded = false
  let ready = false
  let rebuilding = false
  let sliceStart = 0
  let running: Promise<void> | undefined
  let waiting: Promise<void> | undefined
  let saveFailed = false
  let saves: Promise<void> = Promise.resolve()

  function sync(): Promise<void> {
    if (running === undefined) {
      running = catchUp().finally(() => {
        running = undefined
      })
      return running
    }
    const after = () => {
      waiting = undefined
      return sync()
    }
    // How the present run ends is told to those who wait for it.
    waiting ??= running.then(after, after)
    return waiting
  }

  async function catchUp(): Promise<void> {
    const started = now()
    if (!loaded) await load()
    while ((await store.revision()) > revision) {
      const { revision: reached, changes } = await store.changesSince(revision, BATCH_DOCUMENTS)
      sliceStart = now()
      for (const change of changes) {
        if (signal?.aborted) return
        await apply(change)
      }
      revision = reached
      if (changes.length === 0) break
    }
    if (!ready)
      log?.info(
        { function: 'open', revision, rebuilt: rebuilding, ...engine.size, took_ms: now() - started },
        'The search index is ready',
      )
    rebuilding = false
    ready = true
  }

  async function load(): Promise<void> {
    const newest = await store.revision()
    const saved = await readSavedIndex(path, log)
    if (saved !== undefined && saved.revision <= newest) {
      engine = saved.engine
      revision = saved.revision
      savedRevision = saved.revision
    } else rebuilding = true
    loaded = true
  }

  /** A document that cannot be indexed is left out, so that it keeps no other from being found. */
  async function apply({ documentId, title, passages }: DocumentChange): Promise<void> {
    try {
      for (const _ of engine.replacing(documentId, title, passages)) {
        if (now() - sliceStart < SLICE_MS) continue
        await nextTurn()
        sliceStart = now()
      }
    } catch (err) {
      log?.error({ function: 'sync', document_id: documentId, err }, 'A document could not be indexed')
      engine.replace(documentId, title, [])
    }
  }

  async function write(): Promise<void> {
    if (!loaded || revision === savedRevision) return
    // In the middle of a run this revision is a little behind the content: what the content has already is then taken in again.
    const saving = revision
    try {
      await writeSavedIndex(path, engine.save(saving))
      savedRevision = saving
      saveFailed = false
    } catch (err) {
      log?.error({ function: 'save', path, err }, 'The search index could not be saved')
      saveFailed = true
    }
  }

  return {
    open: sync,
    sync,
    save() {
      saves = saves.then(write)
      return saves
    },
    engine: {
      search: (query, limit) => engine.search(query, limit),
      replace: (documentId, title, passages) => engine.replace(documentId, title, passages),
      save: revision => engine.save(revision),
      get size() {
        return engine.size
      },
    },
    get state() {
      return { ready, revision, rebuilding, saveFailed, ...engine.size }
    },
  }
}
