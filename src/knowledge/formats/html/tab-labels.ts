type Attributes = Readonly<Record<string, string>>

/** The labels of tabs, which a strip of buttons above their panels contains. */
export interface TabLabels {
  /** Begins an element. Returns whether it is a tab, whose text is its label. */
  openTab(name: string, attributes: Attributes): boolean
  /** Adds text to the label of the last tab. */
  text(text: string): void
  /** Returns the label of the tab that shows an element; empty if there is none. */
  labelOf(attributes: Attributes): string
}

/** A value that a variable of a script has while a tab is open, such as `os = 'linux'`. */
const STATE = /^\s*([\w.]{1,50})\s*={1,3}\s*(["'])([\w-]{1,50})\2\s*;?\s*$/
const MAX_LABEL_CHARS = 100
/** Tabs of one strip. */
const MAX_TABS = 100

interface Tab {
  label: string
}

/**
 * Creates the tabs of a document. A tab and its panel are related by their ids (ARIA), by their
 * order, or by the state that a click on the tab sets and the panel requires (Alpine, Vue).
 */
export function createTabLabels(): TabLabels {
  const tabs = new Map<string, Tab>()
  /** Tabs without an id of their panel, in order. */
  let waiting: Tab[] = []
  let last: Tab = { label: '' }

  return {
    openTab(name, attributes) {
      const { id, role, 'aria-controls': controls } = attributes
      if (role === 'tablist') waiting = []
      const state = stateOf(attributes['x-on:click'] ?? attributes['@click'] ?? attributes['v-on:click'])
      const isTab = role === 'tab' || (name === 'button' && state !== undefined)
      if (!isTab) return false
      last = { label: '' }
      if (controls !== undefined) tabs.set(`panel ${controls}`, last)
      else if (role === 'tab' && waiting.length < MAX_TABS) waiting.push(last)
      if (id !== undefined) tabs.set(`tab ${id}`, last)
      if (state !== undefined) tabs.set(`state ${state}`, last)
      return true
    },
    text(text) {
      if (last.label.length < MAX_LABEL_CHARS) last.label += text.slice(0, MAX_LABEL_CHARS)
    },
    labelOf({ id, role, 'aria-labelledby': labelledBy, ...attributes }) {
      const state = stateOf(attributes['x-show'] ?? attributes['x-if'] ?? attributes['v-show'] ?? attributes['v-if'])
      const isPanel = role === 'tabpanel'
      const tab =
        (isPanel ? (tabs.get(`panel ${id}`) ?? tabs.get(`tab ${labelledBy}`) ?? waiting.shift()) : undefined) ??
        (state === undefined ? undefined : tabs.get(`state ${state}`))
      return tab?.label.replace(/\s+/g, ' ').trim() ?? ''
    },
  }
}

function stateOf(script = ''): string | undefined {
  const [, variable, , value] = STATE.exec(script) ?? []
  return variable === undefined ? undefined : `${variable} ${value}`
}
