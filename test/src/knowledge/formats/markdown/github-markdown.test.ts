import t from 'tap'
import { textOf } from '../read-page.ts'

const markdown = (text: string) => textOf('markdown', text)
const MDX = "import Cup from './cup.js'\n\n"

t.test('marks of struck out text are removed, be they one tilde or two', async t => {
  t.equal(await markdown('Use ~hot milk~ or ~~cold *tea*~~ water.'), 'Use hot milk or cold tea water.')
  t.equal(
    await markdown('Wait ~ 5 min, from ~/tea to ~/milk, at ~3~~ o’clock.'),
    'Wait ~ 5 min, from ~/tea to ~/milk, at ~3~~ o’clock.',
  )
})

t.test('a footnote is read where it is defined, and its mark in the text is removed', async t => {
  const page =
    'Tea is hot[^1], cake is not[^x], and [^2] is no footnote.\n\n[^1]: Below 60 degrees.\n\n    Unless iced.\n\nMilk is cold.'
  t.equal(
    await markdown(page),
    'Tea is hot, cake is not[^x], and [^2] is no footnote.\n\nBelow 60 degrees.\n\nUnless iced.\n\nMilk is cold.',
  )
})

t.test('the box of a task is removed, but no other brackets', async t => {
  t.equal(
    await markdown('- [ ] Tea\n- [x] [Milk](milk.md)\n- [y] Cake\n- Sugar\n\n  [x] Cup'),
    '- Tea\n- Milk\n- [y] Cake\n- Sugar\n  [x] Cup',
  )
})

t.test('links and images show their texts, whatever their address', async t => {
  t.equal(
    await markdown('[Tea](javascript:x) <file:a%20b> ![a *hot* `cup`](data:x) [milk][m] [cake]\n\n[m]: /milk'),
    'Tea file:a%20b a hot cup milk [cake]',
  )
})

t.test('blocks of MDX may be indented by any number of spaces', async t => {
  const code = `~~~sh
     make tea
          ~~~`
  const page = `${MDX}1. Make it:
        ${code}
        - hot
        - black

       Drink it.
        2. no item

2. Wash it.

        | Cup  | Size |
        |------|------|
        | blue | 2    |`
  t.equal(
    await markdown(page),
    '1. Make it:\n\n```sh\nmake tea\n```\n\n- hot\n- black\n\nDrink it. 2. no item\n\n2. Wash it.\n\n| Cup | Size |\n| --- | --- |\n| blue | 2 |',
  )
  t.equal(await markdown(`${MDX}- Tea:\n\n  ~~~sh\n  make tea\n\nMilk.`), '- Tea:\n\n```sh\nmake tea\n```\n\nMilk.')
})

t.test('elsewhere, text that is indented by four spaces is code', async t => {
  t.equal(await markdown('Tea:\n\n    - hot\n    - black\n'), 'Tea:\n\n```\n- hot\n- black\n```')
})
