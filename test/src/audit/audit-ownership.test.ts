import { chownSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { checkAuditTrail, refuseForeignTrail } from '../../../src/audit/audit-identity.ts'
import { createAuditWorld } from './audit-world.ts'

const SERVER_UID = 65534
const skip = process.geteuid?.() === 0 ? false : 'only root can change an owner'

t.test(
  'files that a command creates as root belong to the owner of their folder, who can continue the trail',
  { skip },
  async t => {
    const world = createAuditWorld(t)
    chownSync(world.root, SERVER_UID, SERVER_UID)
    const trail = world.open()
    world.append(trail)
    for (const dir of [world.dataDir, world.logDir, world.dir])
      for (const path of [dir, ...readdirSync(dir).map(name => join(dir, name))]) t.equal(statSync(path).uid, SERVER_UID, path)
    trail.close()
    process.seteuid?.(SERVER_UID)
    try {
      t.equal(world.append(world.open()).seq, 2)
    } finally {
      process.seteuid?.(0)
    }
  },
)

t.test('an existing file keeps its owner, also behind a link', { skip }, async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  const target = join(world.root, 'target')
  writeFileSync(target, '')
  chownSync(world.dir, SERVER_UID, SERVER_UID)
  symlinkSync(target, join(world.dir, 'audit.2026-01-15.1.log'))
  world.append(trail)
  t.equal(statSync(target).uid, 0)
})

t.test('a data directory that may not be read is not mistaken for one of another trail', { skip }, async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  world.append(trail)
  trail.close()
  chownSync(world.root, SERVER_UID, SERVER_UID)
  chownSync(world.logDir, SERVER_UID, SERVER_UID)
  chownSync(world.dir, SERVER_UID, SERVER_UID)
  process.seteuid?.(SERVER_UID)
  try {
    t.throws(() => checkAuditTrail(world), { code: 'EACCES' })
    t.equal(refuseForeignTrail(world), true)
  } finally {
    process.seteuid?.(0)
  }
})
