/** Directives whose content is code, or a drawing in a language of its own. */
const CODE = new Set(
  (
    'code code-block sourcecode parsed-literal prompt console terminal code-cell code-tab ipython exec exec_code plot jupyter-execute ' +
    'doctest testcode testoutput testsetup testcleanup productionlist graphviz graph digraph mermaid uml plantuml'
  ).split(' '),
)
/** Directives whose argument is the title of their content. */
const TITLED = new Set(
  (
    'admonition topic sidebar rubric centered tab group-tab tab-item dropdown details collapse card grid-item-card ' +
    'table list-table csv-table'
  ).split(' '),
)
/** Directives that are displayed as their content. Their argument is a condition, size or class. */
const BARE = new Set(
  (
    'only ifconfig container compound figure grid grid-item tabs tab-set tab-set-code card-carousel hlist toggle rst-class ' +
    'cssclass epigraph highlights pull-quote button-link button-ref'
  ).split(' '),
)
/** The same, but their argument may be content. */
const CONTENT = /^(?:math|replace|date|unicode|doctest-.*)$/
/** Directives without content of their own, or with content from elsewhere. */
const UNREAD =
  /^(?:toctree|contents|index|highlight|(?:py:)?(?:current)?module|(?:literal)?include|raw|meta|role|default-role|sectnum|tabularcolumns|autosummary|image|only-config|program|class-name|sphinx-\w+)$/
/** Directives that display their argument even without content. */
const DESCRIBING =
  /^(?:(?:c|cpp|js|py|rst|http):.*|option|cmdoption|envvar|confval|object|describe|function|class|method|classmethod|staticmethod|attribute|data|exception|property|decorator|django-admin|django-admin-option|directive|role)$/

/** How a directive is displayed. `describing` and `unknown` describe what their argument names. */
export type DirectiveKind = 'unread' | 'code' | 'titled' | 'bare' | 'describing' | 'unknown'

/** Returns how a directive is displayed, by its name in lower case. */
export function kindOf(name: string): DirectiveKind {
  if (UNREAD.test(name)) return 'unread'
  if (CODE.has(name)) return 'code'
  if (TITLED.has(name)) return 'titled'
  if (BARE.has(name) || CONTENT.test(name)) return 'bare'
  return DESCRIBING.test(name) ? 'describing' : 'unknown'
}

/** Options of the parser: directives whose content or argument is not parsed as content. */
export const PARSED_DIRECTIVES = {
  directivesWithRawText: [...CODE],
  directivesWithInitContent: [...CODE, ...TITLED, ...BARE],
}
