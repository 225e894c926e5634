/**
 * The words by which headings, lines and locations show what a part of a page is for. The search
 * index stores what follows from those of lines: see `ANALYSIS_VERSION`.
 */

/** Headings of lists of links. These name a subject, but say nothing about it. */
const LINKS =
  /^(?:see also|related(?: [a-z]+)?|further reading|table of contents|contents|on this page|what['’]s next|next steps|siehe auch|weiterführendes)\W*$/i

/** Headings that name a part of any subject. The one above them names the subject. */
const GENERAL =
  /^(?:description|overview|introduction|summary|synopsis|about|general|basics|beschreibung|(?:ü|ue)berblick|(?:ü|ue)bersicht|einleitung|einf(?:ü|ue)hrung)$/i

/** Headings that name a step of any subject: "Installation" below "Plugins" is about plugins. */
const STEP =
  /^(?:install(?:ing|ation)?|set(?:ting)?[ -]?up|usage|configur(?:ing|ation)|examples?|requirements|prerequisites|options|getting started|quick ?start|installieren|einrichtung|verwendung|konfiguration|beispiele?|voraussetzungen)$/i

/** Headings of the parts of an article. Those of a reference are names. */
const ARTICLE =
  /^(?:overview|introduction|about|background|objectives|prerequisites|requirements|before you begin|install\w*|set ?up|getting started|quick ?start|usage|syntax|examples?|recap|summary|conclusion|next steps|what['’]?s next|see also|further reading|troubleshooting|notes?|faq)\b|^\p{Lu}\p{Ll}+ing \p{L}|\?$/iu

/** A line that introduces a table of contents. */
const CONTENTS =
  /^(?:menu|(?:table of )?contents|on this page|in this (?:article|chapter|guide|page|section)|inhalt(?:sverzeichnis)?)\W*$/i

/** Lines that a site shows for navigation. */
const NAVIGATION =
  /^(?:(?:see also|table of contents|contents|on this page|next|previous|prev|top|up|home|comments|edit this page|skip to content|back to top)[:.]?|(?:prev|previous)\s*\|.*|.*\|\s*next)$/i

/** A paragraph that lists the keywords of a page, not a sentence. */
const KEYWORDS =
  /^(?:keywords|tags|schlagw(?:örter|orte)|stichw(?:örter|orte))\s*:\s*(?=[^\s,;|])(?!.*[.!?](?:\s|$))[^,;|\n]{1,60}(?:[,;|][^,;|\n]{0,60})*$/i

/** Names of change logs and news, as parts of a location. */
const LOG_NAMES = String.raw`change-?logs?|changes|history|what-?s-?new|release-?notes?|news|announc\w*`
const LOG = nameInLocation(LOG_NAMES)
const NEWS = nameInLocation(String.raw`${LOG_NAMES}|releases?|contribut\w*|migrat\w*|upgrad\w*`)

/** Whether a section is a list of links, by its heading: "See also". */
export function headsLinks(heading: string): boolean {
  return LINKS.test(heading)
}

/** Whether a heading names a part of any subject: "Overview". */
export function isGeneralHeading(heading: string): boolean {
  return GENERAL.test(heading)
}

/** Whether a heading names a step of any subject: "Installation". */
export function isStepHeading(heading: string): boolean {
  return STEP.test(heading)
}

/** Whether a heading is that of a part of an article: "Prerequisites", "Adding a user". */
export function isArticleHeading(heading: string): boolean {
  return ARTICLE.test(heading)
}

/** Whether a line introduces a table of contents: "On this page". */
export function introducesContents(line: string): boolean {
  return CONTENTS.test(line)
}

/** Whether a line is for navigation: "Previous | Next". */
export function isNavigation(line: string): boolean {
  return NAVIGATION.test(line)
}

/** Whether a paragraph lists keywords: "Tags: tea, pot". */
export function listsKeywords(paragraph: string): boolean {
  return KEYWORDS.test(paragraph)
}

/** Whether a page is a change log or news, by its location. */
export function isLog(location: string): boolean {
  return LOG.test(pageOf(location))
}

/** The same, or a migration guide, or for contributors. */
export function isNews(location: string): boolean {
  return NEWS.test(pageOf(location))
}

function nameInLocation(names: string): RegExp {
  return new RegExp(`(?:^|[/_.-])(?:${names})(?:[/._-]|$)`, 'i')
}

function pageOf(location: string): string {
  return location.replace(/#.*/s, '')
}
