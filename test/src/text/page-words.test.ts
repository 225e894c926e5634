import t from 'tap'
import {
  headsLinks,
  introducesContents,
  isArticleHeading,
  isGeneralHeading,
  isLog,
  isNavigation,
  isNews,
  isStepHeading,
  listsKeywords,
} from '../../../src/text/page-words.ts'

t.test('headings, lines and locations are recognised by their words', t => {
  const examples: readonly (readonly [accepts: (text: string) => boolean, accepted: string, other: string])[] = [
    [headsLinks, 'See also', 'See also the cache of tea'],
    [isGeneralHeading, 'Überblick', 'Overview of teas'],
    [isStepHeading, 'Set-up', 'Options of tea'],
    [isArticleHeading, 'Adding a pot', 'pot.add'],
    [introducesContents, 'In this guide:', 'In this guide, tea is made.'],
    [isNavigation, 'Prev | Up | Home | Next', 'Next, add tea.'],
    [listsKeywords, 'Tags: tea, black tea', 'Tags: the labels of a pot. They are short.'],
    [isLog, 'docs/CHANGELOG.md#1.0', 'docs/tea.md#changes'],
    [isNews, 'docs/upgrading.md', 'docs/degrading.md#upgrading'],
  ]
  for (const [accepts, accepted, other] of examples) {
    t.ok(accepts(accepted), accepted)
    t.notOk(accepts(other), other)
  }
  t.notOk(isLog('docs/upgrading.md'), 'a migration guide is no log')
  t.end()
})
