import fc from 'fast-check'
import t from 'tap'
import { IndexMemory } from '../../../../src/search/index/index-memory.ts'
import { NumberedNames } from '../../../../src/search/index/numbered-names.ts'

t.test('names are found by their numbers and numbers by their names, also by another reader of the memory', async t => {
  const name = fc.oneof(fc.string({ maxLength: 3 }), fc.string({ unit: 'binary', maxLength: 40 }))
  fc.assert(
    fc.property(fc.array(fc.record({ name, remove: fc.boolean() }), { maxLength: 400 }), changes => {
      const memory = new IndexMemory()
      const names = new NumberedNames(memory, 'names')
      const model = new Map<string, number>()
      for (const { name, remove } of changes) {
        const known = model.get(name)
        if (known === undefined) model.set(name, names.add(name))
        else if (remove) {
          names.remove(known)
          model.delete(name)
        }
      }
      const reader = new NumberedNames(memory, 'names')
      t.equal(reader.size, model.size)
      t.equal(new Set(model.values()).size, model.size)
      for (const [name, number] of model) {
        t.equal(reader.find(name), number)
        t.equal(reader.name(number), name)
        t.ok(reader.startsWith(number, name.slice(0, 2)))
        t.ok(reader.includes(number, name.slice(1)))
        t.equal(reader.includes(number, 'ab'), name.includes('ab'))
        t.notOk(reader.includes(number, `${name}a`))
      }
      for (const { name } of changes) if (!model.has(name)) t.equal(reader.find(name), undefined)
    }),
    { numRuns: 50 },
  )
})

t.test('the numbers and the memory of removed names are reused', async t => {
  const memory = new IndexMemory()
  const names = new NumberedNames(memory, 'names')
  const long = 'x'.repeat(2 ** 20 + 1)
  for (let round = 0; round < 3; round++) {
    const numbers = Array.from({ length: 1000 }, (_, i) => names.add(`name ${round} ${i}`))
    numbers.push(names.add(long))
    t.equal(names.name(numbers.at(-1)!).length, long.length)
    for (const number of numbers) names.remove(number)
  }
  t.equal(names.slots, 1001)
  t.equal(memory.chunks('names.bytes').length, 2)
})
