import t from 'tap'
import { readDocument } from '../../../src/knowledge/ingest/document-reader.ts'
import { trackOwner } from '../../../src/knowledge/owner-tracking.ts'
import { createMemoryDocumentStore } from './memory-document-store.ts'

const document = (id: string, owner: 'operator' | 'project') => readDocument({ id, text: 'Tea is hot.', format: 'text', owner })

t.test('the owner is that of the last revision that was read', async t => {
  const reads = { count: 0 }
  const memory = createMemoryDocumentStore()
  const owner = () => {
    reads.count++
    return memory.owner()
  }
  const store = trackOwner({ ...memory, owner })
  t.equal(store.lastOwner, undefined)
  await store.put([await document('manual', 'project')], 1)
  t.equal(await store.revision(), 1)
  t.equal(store.lastOwner, 'project')
  await store.put([await document('tea', 'operator')], 2)
  t.equal(store.lastOwner, 'project', 'no other read notices the change')
  for (let i = 0; i < 10; i++) await store.revision()
  t.equal(store.lastOwner, 'operator')
  await store.remove(['tea'])
  await store.revision()
  t.equal(store.lastOwner, undefined, 'no documents')
  t.equal(reads.count, 3, 'one read for each change')
})
