import { chownSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createAuditWorld } from './audit-world.ts'

const SERVER_UID = 65534
const skip = process.geteuid?.() === 0 ? false : 'only root can give a file away'

t.test(
  'what a command of root makes belongs to the owner of the folder, so that a server of another user can go on',
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

t.test('a file that stood there before, behind a link or not, keeps its owner', { skip }, async t => {
  const world = createAuditWorld(t)
  const trail = world.open()
  const target = join(world.root, 'target')
  writeFileSync(target, '')
  chownSync(world.dir, SERVER_UID, SERVER_UID)
  symlinkSync(target, join(world.dir, 'audit.2026-01-15.1.log'))
  world.append(trail)
  t.equal(statSync(target).uid, 0)
})
