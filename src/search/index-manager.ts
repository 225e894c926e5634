import type { DocumentChange, DocumentStore } from '../knowledge/document.ts'
import type { Log } from '../logging/log.ts'
import { createReadiness } from './index-readiness.ts'
import { createSearchEngine, type PassageSearch } from './passage-search.ts'
import { type Rebuild, type RebuildProgress, trackRebuild } from './rebuild-progress.ts'
import type { FollowingEngine } from './retrieval.ts'
import { readSavedIndex, writeSavedIndex } from './saved-index.ts'
import { type ChangeSlices, createSlices } from './shared/change-slices.ts'
import { type IndexReaders, NO_READERS } from './shared/index-publisher.ts'

export interface IndexState {
  /** Whether everything that was stored at some time since the start can be found. */
  readonly ready: boolean
  /** The store revision that the index has reached. */
  readonly revision: number
  readonly documents: number
  readonly passages: number
  readonly terms: number
  /** Progress of a rebuild; undefined unless the index is being rebuilt. */
  readonly rebuild: RebuildProgress | undefined
  /** Whether the last save failed; the log has the reason. */
  readonly saveFailed: boolean
}

export interface IndexManager {
  /** Loads the saved index and brings it up to date. The same as the first `sync`. */
  open(): Promise<void>
  /**
   * Applies the store's changes to the index. Resolves when everything stored before the call can
   * be found. Runs never overlap: a call during a run waits for the next run. Rejects if the store
   * cannot be read; changes applied so far are kept, and the next call continues from there.
   */
  sync(): Promise<void>
  /**
   * Saves the index to its file atomically if it has changed. Never rejects: a failure is logged
   * and shown in `state`, and the next call retries. The event loop keeps running meanwhile. If the
   * index changes during the save, the save restarts once, and further changes wait until it is
   * done: about 1 s per 100,000 passages. While an earlier index answers during a rebuild, nothing
   * is saved, so that the earlier index is still available after a restart.
   */
  save(): Promise<void>
  /**
   * Searches the current index. Remains the same object across rebuilds. While a document of more
   * than 8 passages is being replaced, searches see part of it.
   */
  readonly engine: FollowingEngine
  readonly state: IndexState
  /**
   * Resolves when the index is ready.
   * @throws {ChatError} INDEX_INCOMPLETE after the limit (10 s), SHUTTING_DOWN after an abort.
   */
  untilReady(limitMs?: number): Promise<void>
}

export interface IndexManagerOptions {
  readonly store: Pick<DocumentStore, 'changesSince' | 'revision' | 'count'>
  /** Path of the index file. Its folder must exist. */
  readonly path: string
  readonly log?: Log
  /** A monotonic clock in milliseconds. */
  readonly now: () => number
  /** Abort to stop a run after the current document; what has been applied can still be saved. */
  readonly signal?: AbortSignal
  /** Other threads that search the current index. Default: none. */
  readonly readers?: IndexReaders
}

/** A search engine and the store revision that it has reached. */
interface Build {
  engine: PassageSearch
  revision: number
}

/** Documents read from the store at once. */
const BATCH_DOCUMENTS = 64
/**
 * Keeps a search engine in sync with the document store. The store is the source of truth: the
 * index file can be deleted at any time. An index saved by another version of the text analysis, or
 * ahead of a store restored from a backup, answers searches until a new index has been built.
 */
export function createIndexManager({ store, path, log, now, signal, readers = NO_READERS }: IndexManagerOptions): IndexManager {
  let serving: Build = { engine: createSearchEngine(), revision: 0 }
  /**
   * The index being built; the same as `serving` if there is no earlier index to answer searches.
   */
  let building: Build | undefined
  let rebuild: Rebuild | undefined
  let savedRevision: number | undefined
  let loaded = false
  const readiness = createReadiness(signal)
  let running: Promise<void> | undefined
  let waiting: Promise<void> | undefined
  let saveFailed = false
  let saves: Promise<void> = Promise.resolve()
  /** The save that changes to the index must wait for. */
  let pendingSave: Promise<unknown> | undefined
  const pending = () => pendingSave
  const sharedSlices = createSlices({ readers, pending, now })
  const unsharedSlices = createSlices({ readers: NO_READERS, pending, now })

  function sync(): Promise<void> {
    if (running === undefined) {
      running = catchUp()
        .catch(readiness.fail)
        .finally(() => {
          running = undefined
        })
      return running
    }
    const after = () => {
      waiting = undefined
      return sync()
    }
    // Callers of the current run get its error, if any; callers who wait for the next run do not.
    waiting ??= running.then(after, after)
    return waiting
  }

  async function catchUp(): Promise<void> {
    const started = now()
    sharedSlices.restart()
    if (!loaded) await load()
    await readers.serve(serving.engine.memory, serving.revision)
    const target = building ?? serving
    for (let newest = await store.revision(); newest > target.revision; newest = await store.revision()) {
      if (newest > serving.revision && target !== serving) await applyChanges(serving)
      if (!(await applyChanges(target, rebuild))) break
    }
    if (signal?.aborted) return
    const isNew = building !== undefined
    serving = target
    await readers.serve(serving.engine.memory, serving.revision)
    building = undefined
    rebuild = undefined
    if (!readiness.isReady || isNew) {
      const { revision, engine } = serving
      const facts = { function: 'open', revision, rebuilt: isNew, ...engine.size, took_ms: now() - started }
      log?.info(facts, 'Search index ready')
    }
    readiness.becomeReady()
  }

  /** Applies the next batch of changes. Returns false if there was no change, or after an abort. */
  async function applyChanges(target: Build, progress?: Rebuild): Promise<boolean> {
    const { changes } = await store.changesSince(target.revision, BATCH_DOCUMENTS)
    if (changes.length === 0) return false
    const isShared = target === serving
    const slices = isShared ? sharedSlices : unsharedSlices
    await slices.begin()
    try {
      for (const change of changes) {
        if (signal?.aborted) return false
        await apply(target.engine, change, slices)
        target.revision = change.revision
        if (isShared) readers.reach(change.revision)
        await slices.next(true)
        progress?.documentDone()
      }
    } finally {
      slices.end()
    }
    return true
  }

  async function load(): Promise<void> {
    const newest = await store.revision()
    const saved = await readSavedIndex(path, log)
    const reason = saved?.outdated ? 'other_version' : (saved?.revision ?? 0) > newest ? 'ahead_of_database' : undefined
    // If the saved index is ahead of the store, its revision is unusable: apply all changes from
    // now on.
    if (saved !== undefined) serving = { engine: saved.engine, revision: Math.min(saved.revision, newest) }
    if (saved !== undefined && reason === undefined) savedRevision = saved.revision
    else {
      if (saved !== undefined) readiness.becomeReady()
      building = saved === undefined ? serving : { engine: createSearchEngine(), revision: 0 }
      rebuild = trackRebuild(await store.count(), now, log)
      if (saved !== undefined)
        log?.warn({ function: 'open', path, reason }, 'Saved search index outdated; it answers until a new one is built')
    }
    loaded = true
  }

  /**
   * Applies one change. A document that cannot be indexed is skipped, so that the others can be
   * found.
   */
  async function apply(engine: PassageSearch, change: DocumentChange, slices: ChangeSlices): Promise<void> {
    const { documentId, title, passages } = change
    const facts = { function: 'sync', document_id: documentId }
    try {
      for (const _ of engine.replaceInSteps(documentId, title, passages)) await slices.next(false)
    } catch (err) {
      log?.error({ ...facts, err }, 'Document could not be indexed')
      try {
        engine.replace(documentId, title, [])
      } catch (err) {
        log?.error({ ...facts, err }, 'Document could not be removed from the search index after a failure')
      }
    }
  }

  async function write(): Promise<void> {
    if (!loaded || serving.revision === savedRevision || (building !== undefined && building !== serving)) return
    try {
      if (!(await writeOnce())) {
        const writing = writeOnce()
        pendingSave = writing.catch(() => undefined)
        await writing
      }
      saveFailed = false
    } catch (err) {
      log?.error({ function: 'save', path, err }, 'Search index could not be saved')
      saveFailed = true
    } finally {
      pendingSave = undefined
    }
  }

  /** Writes the file. Returns false if the index changed before the file was complete. */
  async function writeOnce(): Promise<boolean> {
    // During a run the revision lags behind the content: the changes in between are applied again
    // after loading.
    const { engine, revision } = serving
    const { changes } = engine
    const isWritten = await writeSavedIndex(path, engine.encodeInSlices(revision), () => engine.changes !== changes)
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
      get revision() {
        return serving.revision
      },
    },
    untilReady: (limitMs = 10_000) => readiness.wait(limitMs),
    get state() {
      const progress = rebuild && { ...rebuild.counts(), earlierServes: building !== serving }
      return { ready: readiness.isReady, revision: serving.revision, rebuild: progress, saveFailed, ...serving.engine.size }
    },
  }
}
