import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { keepClock, readKeptClock } from '../../../src/sessions/kept-clock.ts'
import { createSteadyClock } from '../../../src/sessions/steady-clock.ts'

const START_MS = Date.UTC(2026, 0, 15, 10)
const HOUR_MS = 3_600_000
const EIGHT_YEARS_MS = 8 * 366 * 24 * HOUR_MS

/** A machine whose clocks the test moves. Each process has a monotonic clock of its own. */
function createMachine() {
  const machine = { wallMs: START_MS, uptimeMs: 500_000, monotonicMs: 77, bootId: 'first' as string | undefined }
  return {
    set: (change: Partial<typeof machine>) => Object.assign(machine, change),
    jump(ms: number) {
      machine.wallMs += ms
    },
    run(ms: number) {
      for (const clock of ['wallMs', 'uptimeMs', 'monotonicMs'] as const) machine[clock] += ms
    },
    sleep(ms: number) {
      for (const clock of ['wallMs', 'uptimeMs'] as const) machine[clock] += ms
    },
    clocks: () => ({
      wall: () => machine.wallMs,
      uptime: () => machine.uptimeMs,
      monotonic: () => machine.monotonicMs,
      bootId: machine.bootId,
    }),
  }
}

t.test('it equals the clock of the system until that jumps, and never follows a jump', async t => {
  const machine = createMachine()
  const clock = createSteadyClock(machine.clocks())
  t.equal(clock.now(), START_MS)
  machine.run(HOUR_MS)
  t.equal(clock.now(), START_MS + HOUR_MS)
  t.equal(clock.check(), 0)
  let jumped = 0
  for (const jumpMs of [-HOUR_MS, HOUR_MS, EIGHT_YEARS_MS, -EIGHT_YEARS_MS, 60_000]) {
    machine.jump(jumpMs)
    jumped += jumpMs
    t.equal(clock.now(), START_MS + HOUR_MS, `${jumpMs}`)
    t.equal(clock.check(), jumpMs)
    t.equal(clock.check(), 0, 'a jump is reported once')
    t.equal(clock.toWall(clock.now() + 5), START_MS + HOUR_MS + jumped + 5)
  }
})

t.test('a small step is no jump, and a sleep of the machine is time that has passed', async t => {
  const machine = createMachine()
  const clock = createSteadyClock(machine.clocks())
  machine.jump(9000)
  t.equal(clock.check(), 0)
  machine.sleep(8 * HOUR_MS)
  machine.run(1000)
  t.equal(clock.check(), 0)
  t.equal(clock.now(), START_MS + 8 * HOUR_MS + 1000)
})

t.test('the next process continues the clock, whatever happened to that of the system', async t => {
  for (const jumpMs of [-HOUR_MS, HOUR_MS, EIGHT_YEARS_MS, 0]) {
    const machine = createMachine()
    const first = createSteadyClock(machine.clocks())
    machine.run(HOUR_MS)
    const kept = first.read()
    machine.run(5000)
    machine.jump(jumpMs)
    machine.set({ monotonicMs: 3 })
    const second = createSteadyClock(machine.clocks(), kept)
    t.equal(second.now(), START_MS + HOUR_MS + 5000, `${jumpMs}`)
    t.equal(second.check(), jumpMs)
  }
})

t.test('after a boot, as much time has passed as the system says, but never less than none', async t => {
  const machine = createMachine()
  const kept = createSteadyClock(machine.clocks()).read()
  machine.run(HOUR_MS)
  machine.set({ bootId: 'second', uptimeMs: 9000 })
  const second = createSteadyClock(machine.clocks(), kept)
  t.equal(second.now(), START_MS + HOUR_MS)
  t.equal(second.check(), 0)
  machine.set({ bootId: undefined, wallMs: 0 })
  const third = createSteadyClock(machine.clocks(), second.read())
  t.equal(third.now(), START_MS + HOUR_MS, 'the clock of a machine without a battery')
  t.equal(third.check(), 0, 'the reading is from after the jump')
  const fourth = createSteadyClock(machine.clocks(), kept)
  t.equal(fourth.now(), START_MS)
  t.equal(fourth.check(), -START_MS)
})

t.test('a reading is kept in a file; a damaged one counts as none', async t => {
  const dir = t.testdir()
  t.equal(readKeptClock(dir), undefined)
  const reading = createSteadyClock(createMachine().clocks()).read()
  await keepClock(dir, reading)
  t.same(readKeptClock(dir), reading)
  for (const text of ['', '{', '{"steady_ms":"1"}']) {
    writeFileSync(join(dir, 'clock.json'), text)
    t.equal(readKeptClock(dir), undefined)
  }
  await keepClock(dir, { ...reading, bootId: undefined })
  t.notMatch(readFileSync(join(dir, 'clock.json'), 'utf8'), 'boot_id')
})
