import fc from 'fast-check'
import t from 'tap'
import { BlockLists, HEAD, LIST_ROW } from '../../../../src/search/index/block-lists.ts'
import {
  BLOCK_ROW,
  EXTENT,
  FIRST_KEY,
  LARGEST_VALUE,
  LAST_KEY,
  LEAST_COST,
  LENGTH,
  NEXT,
} from '../../../../src/search/index/block-rows.ts'
import { IndexMemory } from '../../../../src/search/index/index-memory.ts'

const LISTS = 3
const costOf = (key: number, value: number) => (key * 7) % (value + 3)

/** Reads a list's entries block by block and checks each against its block's bounds. */
function entries(lists: BlockLists, list: number): [number, number][] {
  const found: [number, number][] = []
  const { blocks, pool } = lists
  for (let block = lists.lists[list * LIST_ROW + HEAD] ?? 0; block !== 0; block = blocks[block + NEXT]!) {
    const extent = blocks[block + EXTENT]!
    if (pool.keys[extent >>> 16]![extent & 0xffff] !== blocks[block + FIRST_KEY]) throw new Error('wrong first key')
    for (let i = 0; i < blocks[block + LENGTH]!; i++) {
      const key = pool.keys[extent >>> 16]![(extent & 0xffff) + i]!
      const value = pool.values[extent >>> 16]![(extent & 0xffff) + i]!
      if (
        key > blocks[block + LAST_KEY]! ||
        value > blocks[block + LARGEST_VALUE]! ||
        costOf(key, value) < blocks[block + LEAST_COST]!
      ) {
        throw new Error(`entry ${key} of list ${list} is outside its block's bounds`)
      }
      found.push([key, value])
    }
  }
  return found
}

t.test('lists contain exactly the entries inserted and not removed, sorted, within valid bounds', async t => {
  const change = fc.record({
    list: fc.nat(LISTS - 1),
    from: fc.nat(600),
    count: fc.integer({ min: 1, max: 300 }),
    value: fc.integer({ min: 1, max: 65_535 }),
    kind: fc.constantFrom('insert', 'insert', 'remove'),
  })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 25 }), changes => {
      const lists = new BlockLists(new IndexMemory(), 'lists', costOf)
      const model = Array.from({ length: LISTS }, () => new Map<number, number>())
      for (const { list, from, count, value, kind } of changes) {
        const known = model[list]!
        for (let key = from; key < from + count; key++) {
          if (kind === 'insert' && !known.has(key)) {
            lists.insert(list, key, value)
            known.set(key, value)
          } else if (kind === 'remove' && known.delete(key)) lists.remove(list, key)
        }
        for (const [number, expected] of model.entries()) {
          t.same(
            entries(lists, number),
            [...expected].sort(([a], [b]) => a - b),
          )
          t.equal(lists.count(number), expected.size)
        }
      }
    }),
    { numRuns: 60 },
  )
})

t.test('removing a key that is not in the list throws and changes nothing', async t => {
  const lists = new BlockLists(new IndexMemory(), 'lists', costOf)
  t.throws(() => lists.remove(0, 5))
  for (const key of [1, 3, 9]) lists.insert(0, key, 1)
  for (const key of [0, 2, 10]) t.throws(() => lists.remove(0, key), `${key}`)
  t.same(entries(lists, 0), [
    [1, 1],
    [3, 1],
    [9, 1],
  ])
})

t.test('memory of removed entries is reused', async t => {
  const lists = new BlockLists(new IndexMemory(), 'lists', costOf)
  const used = []
  for (let round = 0; round < 20; round++) {
    for (let key = 0; key < 500; key++) for (let list = 0; list < 40; list++) lists.insert(list, key + round, 1)
    used.push(lists.used)
    for (let list = 0; list < 40; list++) for (let key = 499; key >= 0; key--) lists.remove(list, key + round)
  }
  t.equal(used.at(-1), used[1])
})

t.test('the blocks of long lists that grow together are adjacent, and their memory is reused', async t => {
  const lists = new BlockLists(new IndexMemory(), 'lists', costOf)
  const used = []
  for (let round = 0; round < 6; round++) {
    for (let key = 0; key < 8000; key++) for (let list = 0; list < 4; list++) lists.insert(list, key, 1)
    used.push(lists.used)
    if (round === 0) t.ok(neighbours(lists, 3) > 40)
    t.equal(entries(lists, 3).length, 8000)
    for (let list = 0; list < 4; list++) for (let key = 7999; key >= 0; key--) lists.remove(list, key)
  }
  t.equal(used.at(-1), used[1])
})

/** Counts a list's blocks that are followed by the next block in memory, both row and entries. */
function neighbours({ lists, blocks }: BlockLists, list: number): number {
  let count = 0
  for (let block = lists[list * LIST_ROW + HEAD]!; block !== 0; block = blocks[block + NEXT]!) {
    const next = blocks[block + NEXT]
    if (next === block + BLOCK_ROW && blocks[next + EXTENT] === blocks[block + EXTENT]! + 128) count++
  }
  return count
}
