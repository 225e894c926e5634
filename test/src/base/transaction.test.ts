import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { inTransaction } from '../../../src/base/transaction.ts'

t.test('all changes are stored, or none if the function throws', async t => {
  const db = new DatabaseSync(':memory:')
  t.teardown(() => db.close())
  db.exec('CREATE TABLE cups (size INTEGER CHECK (size > 0))')
  const add = (...sizes: readonly number[]) =>
    inTransaction(db, () => {
      for (const size of sizes) db.prepare('INSERT INTO cups VALUES (?)').run(size)
      return sizes.length
    })
  t.equal(add(1, 2), 2)
  t.throws(() => add(3, -1), /CHECK/)
  t.notOk(db.isTransaction)
  t.same(
    db
      .prepare('SELECT size FROM cups')
      .all()
      .map(({ size }) => size),
    [1, 2],
  )
})

t.test('a transaction that SQLite has already rolled back is no further error', async t => {
  const db = new DatabaseSync(':memory:')
  t.teardown(() => db.close())
  const failure = new Error('the disk is full')
  t.throws(
    () =>
      inTransaction(db, () => {
        db.exec('ROLLBACK')
        throw failure
      }),
    failure,
  )
})
