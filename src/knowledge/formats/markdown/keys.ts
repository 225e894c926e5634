import { replaceOutsideCode } from './code/code-spans.ts'

/** Keys to press, such as `++ctrl+alt+del++` (Keys of PyMdown). */
const KEYS = /(?<![\w+\\])\+\+((?:[\w-]{1,30}|"[^"\n]{1,30}")(?:\+(?:[\w-]{1,30}|"[^"\n]{1,30}")){0,5})\+\+(?![\w+])/g
/** Names of keys that are shown in another way than with capitals. */
const NAMES: Readonly<Record<string, string>> = {
  control: 'Ctrl',
  command: 'Cmd',
  windows: 'Win',
  delete: 'Del',
  insert: 'Ins',
  escape: 'Esc',
  'arrow-up': 'Up',
  'arrow-down': 'Down',
  'arrow-left': 'Left',
  'arrow-right': 'Right',
  plus: '+',
  minus: '-',
  equal: '=',
  comma: ',',
  period: '.',
  slash: '/',
  backslash: '\\\\',
  semicolon: ';',
}

/** Shows the keys of a text, except in inline code. */
export function expandKeys(text: string): string {
  if (!text.includes('++')) return text
  return replaceOutsideCode(text, KEYS, ([, keys = '']) =>
    Array.from(keys.matchAll(/"([^"]+)"|[^+"]+/g), ([name, shown]) => shown ?? nameOf(name)).join('+'),
  )
}

function nameOf(key: string): string {
  return NAMES[key] ?? key.replace(/[-_]/g, ' ').replace(/(?<![a-z\d])[a-z]/g, letter => letter.toUpperCase())
}
