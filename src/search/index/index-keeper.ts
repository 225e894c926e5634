import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DocumentChange, DocumentStore } from '../../knowledge/document.ts'
import type { Log } from '../../logging/log.ts'
import { createSearchEngine, type PassageSearch } from '../passage-search.ts'
import type { SearchEngine } from '../search-engine.ts'
import { readSavedIndex, writeSavedIndex } from './saved-index.ts'

export interface IndexState {
  /** Whether everything that was stored at some moment since the start can be found. */
  readonly ready: boolean
  /** Revision of the store that the index has reached. */
  readonly revision: number
  readonly documents: number
  readonly passages: number
  readonly terms: number
  /** Undefined unless the index is being made anew, for want of a saved one that could be used as it is. */
  readonly rebuild: RebuildProgress | undefined
  /** Whether the last attempt to save failed; the log tells why. */
  readonly saveFailed: boolean
}

/** How far the making of a new index is. */
export interface RebuildProgress {
  readonly documentsDone: number
  readonly documentsTotal: number
  /** Whether an earlier index answers meanwhile, which goes on taking in what changes. */
  readonly earlierServes: boolean
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
   * The event loop turns all the while. Where the index changes meanwhile the writing begins anew, and what changes then is taken in only after it: for
   * about a second per 100,000 passages. A new index that is being made beside an earlier one is saved only once it is done, so that the earlier
   * one can serve after the next start too.
   */
  save(): Promise<void>
  /** One object for the keeper's lifetime, whichever index it stands for. Searches see a document of more than 8 passages in part while it is replaced. */
  readonly engine: SearchEngine
  readonly state: IndexState
}

export interface IndexKeeperOptions {
  readonly store: Pick<DocumentStore, 'changesSince' | 'revision' | 'count'>
  /** The file that the index is saved to. Its folder must exist. */
  readonly path: string
  readonly log?: Log
  /** A clock in milliseconds that never goes back, from any origin. */
  readonly now: () => number
  /** Aborted when there is no more use for the index: a run leaves off after the document it is at, and what it has reached can be saved. */
  readonly signal?: AbortSignal
}

/** An engine, and the revision of the store that it has reached. */
interface Build {
  engine: PassageSearch
  revision: number
}

/** Documents read from the store at a time. */
const BATCH_DOCUMENTS = 64
/** Work between two turns of the event loop; what is longer could be noticed by requests. */
const SLICE_MS = 6
const PROGRESS_INTERVAL_MS = 5000

/**
 * Keeps a search engine equal to the stored documents, which are the truth; the index can be lost at any time. One that was saved by another analysis of
 * the text, or is ahead of a store that came back from a backup, goes on answering until a new one has been made beside it.
 */
export function createIndexKeeper({ store, path, log, now, signal }: IndexKeeperOptions): IndexKeeper {
  let serving: Build = { engine: createSearchEngine(), revision: 0 }
  /** What is being made while `serving` answers; the same where there is nothing better to answer with. */
  let building: Build | undefined
  let progress: { done: number; total: number; toldAt: number } | undefined
  let savedRevision: number | undefined
  let loaded = false
  let ready = false
  let sliceStart = 0
  let running: Promise<void> | undefined
  let waiting: Promise<void> | undefined
  let saveFailed = false
  let saves: Promise<void> = Promise.resolve()
  /** Whoever changes the index waits for it. */
  let hold: Promise<unknown> | undefined

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
    sliceStart = started
    if (!loaded) await load()
    const target = building ?? serving
    for (let newest = await store.revision(); newest > target.revision; newest = await store.revision()) {
      if (newest > serving.revision && target !== serving) await takeIn(serving)
      if (!(await takeIn(target, tellProgress))) break
    }
    if (signal?.aborted) return
    const isNew = building !== undefined
    serving = target
    building = undefined
    progress = undefined
    if (!ready || isNew) {
      const { revision, engine } = serving
      const facts = { function: 'open', revision, rebuilt: isNew, ...engine.size, took_ms: now() - started }
      log?.info(facts, 'The search index is ready')
    }
    ready = true
  }

  /** Takes in the next changes from the store; false where there are none, or no use for them any more. */
  async function takeIn(target: Build, onChange?: () => void): Promise<boolean> {
    const { revision, changes } = await store.changesSince(target.revision, BATCH_DOCUMENTS)
    for (const change of changes) {
      if (hold !== undefined) await hold
      if (signal?.aborted) return false
      await apply(target.engine, change)
      onChange?.()
    }
    target.revision = revision
    return changes.length > 0
  }

  async function load(): Promise<void> {
    const newest = await store.revision()
    const saved = await readSavedIndex(path, log)
    const reason = saved?.outdated ? 'other_version' : (saved?.revision ?? 0) > newest ? 'ahead_of_database' : undefined
    // What an index has that is ahead of the store nobody can tell; what changes from now on it can take in.
    if (saved !== undefined) serving = { engine: saved.engine, revision: Math.min(saved.revision, newest) }
    if (saved !== undefined && reason === undefined) savedRevision = saved.revision
    else {
      ready = saved !== undefined
      building = saved === undefined ? serving : { engine: createSearchEngine(), revision: 0 }
      progress = { done: 0, total: await store.count(), toldAt: now() }
      if (ready)
        log?.warn({ function: 'open', path, reason }, 'The saved search index cannot stay; it answers until a new one is made')
    }
    loaded = true
  }

  /** A document that cannot be indexed is left out, so that it keeps no other from being found. */
  async function apply(engine: PassageSearch, { documentId, title, passages }: DocumentChange): Promise<void> {
    try {
      for (const _ of engine.replacing(documentId, title, passages)) {
        if (now() - sliceStart < SLICE_MS) continue
        await nextTurn()
        if (hold !== undefined) await hold
        sliceStart = now()
      }
    } catch (err) {
      log?.error({ function: 'sync', document_id: documentId, err }, 'A document could not be indexed')
      try {
        engine.replace(documentId, title, [])
      } catch (err) {
        log?.error(
          { function: 'sync', document_id: documentId, err },
          'A document that could not be indexed stays in the index in part',
        )
      }
    }
  }

  function tellProgress(): void {
    if (progress === undefined) return
    progress.done++
    if (now() - progress.toldAt < PROGRESS_INTERVAL_MS) return
    progress.toldAt = now()
    log?.info(
      { function: 'rebuild', documents_done: progress.done, documents_total: progress.total },
      'The search index is being made anew',
    )
  }

  async function write(): Promise<void> {
    if (!loaded || serving.revision === savedRevision || (building !== undefined && building !== serving)) return
    try {
      if (!(await writeOnce())) {
        const writing = writeOnce()
        hold = writing.catch(() => undefined)
        await writing
      }
      saveFailed = false
    } catch (err) {
      log?.error({ function: 'save', path, err }, 'The search index could not be saved')
      saveFailed = true
    } finally {
      hold = undefined
    }
  }

  /** False where the index changed too soon. */
  async function writeOnce(): Promise<boolean> {
    // In the middle of a run this revision is a little behind the content: what the content has already is then taken in again.
    const { engine, revision } = serving
    const { changes } = engine
    const isWritten = await writeSavedIndex(path, engine.saving(revision), () => engine.changes !== changes)
    if (isWritten) savedRevision = revision
    return isWritten
  }

  return {
    open: sync,
    sync,
    save() {
      saves = saves.then(write)
      return saves
    },
    engine: {
      search: (query, limit, options) => serving.engine.search(query, limit, options),
      replace: (documentId, title, passages) => serving.engine.replace(documentId, title, passages),
      save: revision => serving.engine.save(revision),
      get size() {
        return serving.engine.size
      },
    },
    get state() {
      const rebuild = progress && {
        documentsDone: progress.done,
        documentsTotal: progress.total,
        earlierServes: building !== serving,
      }
      return { ready, revision: serving.revision, rebuild, saveFailed, ...serving.engine.size }
    },
  }
}
