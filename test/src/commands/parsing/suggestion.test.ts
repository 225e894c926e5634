import fc from 'fast-check'
import t from 'tap'
import { nearestNames } from '../../../../src/commands/parsing/suggestion.ts'

const NAMES = ['help', 'search', 'sources', 'why', 'history', 'status', 'clear', 'forget', 'feedback']

t.test('a typing error suggests the intended name', async t => {
  const slips = {
    histroy: 'history',
    hsitry: 'history',
    HISTORI: 'history',
    hlep: 'help',
    helpp: 'help',
    wyh: 'why',
    serach: 'search',
    srch: 'search',
    source: 'sources',
    stats: 'status',
    claer: 'clear',
    forgte: 'forget',
    fedback: 'feedback',
  }
  for (const [written, meant] of Object.entries(slips)) t.same(nearestNames(written, NAMES), [meant], written)
})

t.test('the start of a name suggests it, however much is missing', async t => {
  t.same(nearestNames('h', NAMES, 5), ['help', 'history'])
  t.same(nearestNames('f', NAMES, 5), ['forget', 'feedback'])
  t.same(nearestNames('s', NAMES, 2), ['search', 'status'])
})

t.test('of two equally distant names the one with the same start is closer', async t => {
  t.same(nearestNames('clean', ['blean', 'clear'], 2), ['clear', 'blean'])
})

t.test('a text that resembles no name suggests nothing', async t => {
  for (const written of ['', 'etc/passwd', 'quit', 'xy', '😀', '__proto__', 'h'.repeat(33), 'h'.repeat(1_000_000)]) {
    t.same(nearestNames(written, NAMES), [], written.slice(0, 20))
  }
})

t.test('a name is closest to itself, and no text throws', async t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(...NAMES), (text, name) => {
      const near = nearestNames(text, NAMES, 3)
      return near.length <= 3 && near.every(found => NAMES.includes(found)) && nearestNames(name, NAMES)[0] === name
    }),
  )
  t.pass()
})
