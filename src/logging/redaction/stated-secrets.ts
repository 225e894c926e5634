/** Secrets that a sentence or the options of a command state. */

const PASS = 'pass(?:word|code|phrase|wort)|passwd|pwd|mot de passe|kennwort|contraseña|senha|пароль|wachtwoord|parola|hasło'
const NAME = `${PASS}|pin|otp|clave|secret|token|api key`
const IS = '(?:is|was|ist|lautet|est|es|é|—|-)'
const VERB =
  '(?:us(?:e|es|ed|ing)|with|enter(?:ed|s)?|typ(?:e|ed|es|ing)|tr(?:y|ied|ying)|ha(?:ve|s|d)|g[eo]ts?|gave|sen[dt]|choose|chose|pick(?:ed)?|know|forgot|my|our|his|her|their|mein|meine|mon|mi)'
const BEFORE = '(?<![\\w\\u00C0-\\u052F])'
const OPENING = '["\'“«]?'
/** What people say about a password instead of naming it. */
const PREDICATE =
  '(?:no[twn]?|never|always|still|too|very|so|being|been|already|also|only|just|correct(?!\\s\\w)|incorrect|wrong|right|invalid|valid|lost|gone|forgotten|stolen|weak|strong|short|long|old|new|secure|safe|unsafe|empty|blank|missing|unknown|unique|reset|set|sent|shown|hidden|visible|an?|the|case|in|on|at|for|with|by|over|under|what|like|th(?:is|at|ere)|it|my|your|here|nicht|falsch|weg|\\w+(?:ed|ing|en|able)\\b)(?![\\w-])'
/** A value with a digit. A lone number of one or two digits is a length or a version. */
const coded = (minChars: number) => `(?!\\d{1,2}(?![^\\s.,;:!?)]))(?=[^\\s"'”»]{0,64}\\d)[^\\s"'”»]{${minChars},256}`
/** A second word that ends the sentence. */
const SECOND = '(?:\\s[\\w-]{2,20}(?=["\'”»]?(?:[.,;!]|$)))?'
const PASSWORD = `(?:(?!${PREDICATE})[a-z]{2,20}\\s)?${coded(2)}${SECOND}`
const WORDS =
  '[\\w$!#*.-]{3,40}(?:\\s[\\w-]{2,20}){0,3}?(?=[.,;!?"”»\\\\)\\]}]|\'(?!\\w)|$|\\s(?:and|but|or|because|which|since|when|while|thanks|please|und|oder|aber)\\s)'

const SAYINGS = [
  // `the password is "blue horse"`, which may have no digit.
  `(${BEFORE}(?:${PASS})(?:\\s[a-z]{1,12}){0,2}?\\s{1,3}(?:${IS}\\s{1,3}|to\\s)?)(?:"[^"\\n]{2,80}"|“[^”\\n]{2,80}”|«[^»\\n]{2,80}»|'[^'\\n]{2,80}')`,
  // `the password is x1`, `Passwort lautet blue x1`.
  `(${BEFORE}(?:${PASS})\\s{1,3}${IS}\\s{1,3}${OPENING})${PASSWORD}`,
  `(${BEFORE}(?:${NAME})\\s{1,3}${IS}\\s{1,3}${OPENING})${coded(4)}`,
  // `I use the password x1`, `my pin 4711`.
  `(${BEFORE}${VERB}\\s(?:[a-z]{1,12}\\s){0,2}?(?:${PASS}|pin)\\s{1,3}${OPENING})${coded(2)}${SECOND}`,
  // `changed my password to x1`.
  `(${BEFORE}(?:chang|(?:re)?set|updat|switch|änder|geänder)\\w{0,4}\\s(?:\\w{1,12}\\s){0,3}?(?:${NAME})(?:\\s(?:for|on|of|from|again|back|now|today|für|von)(?:\\s[\\w@.-]{1,30}){0,2}?)?\\s(?:to|auf|in)\\s${OPENING})${PASSWORD}`,
  // `my password is correct horse`: without a digit, only after `my`.
  `(${BEFORE}(?:my|our|mein|unser)\\s(?:[a-z]{1,12}\\s)?(?:${PASS})\\s(?:is|was|ist|lautet)\\s)(?!${PREDICATE})${WORDS}`,
  `(${BEFORE}(?:changed|set|reset|updated)\\s(?:my|our|the|his|her)\\s(?:[a-z]{1,12}\\s)?(?:${PASS})\\sto\\s)(?!(?:be|null|none|an?|the|something|anything|another|one|my|your|its?)(?!\\w))${WORDS}`,
].map(pattern => new RegExp(pattern, 'gimu'))
/** What every saying contains. It needs the flags of the sayings: `u` matches `paſſword`. */
const SAYS_SECRET = new RegExp(`(?:${NAME})\\s`, 'iu')

/** Whether a text has a word for a secret, followed by another word. */
export function mayStateSecret(text: string): boolean {
  return SAYS_SECRET.test(text)
}

/** Redacts secrets that a sentence states. */
export function redactStatedSecrets(text: string): string {
  return SAYINGS.reduce((redacted, saying) => redacted.replace(saying, '$1[secret]'), text)
}

/** The rest of a command up to an option; a backslash continues its line. */
const REST = '(?:[^\\n]|\\\\\\n){0,200}?\\s'
const ARGUMENT = '(?:"[^"\\n]{1,256}"|\'[^\'\\n]{1,256}\'|[^\\s"\']{1,256})'
/** The user and password of `curl -u a:x1`. */
const CURL_USER = new RegExp(
  `(\\b(?:curl|wget|https?|xh)\\s(?:${REST})??(?:-u|--user|--proxy-user|-U|-a|--auth)[\\s=]?)["']?[^\\s:"'/]{1,128}:[^\\s"']{1,256}["']?`,
  'gi',
)
/** Options with a password directly behind them: `mysql -px1`. */
const JOINED = new RegExp(
  `(\\b(?:mysql\\w{0,12}|mariadb(?:-\\w{1,12})?|mycli|mongo\\w{0,8}|sshpass|7z[ar]?)\\s(?:${REST})??-p)(?!assword\\b)${ARGUMENT}`,
  'gi',
)
/** Options with a password as the next word: `sshpass -p x1`, `redis-cli -a x1`. */
const SEPARATE = new RegExp(
  `(\\b(?:sshpass|(?:docker|podman|helm|az|oc)\\s[^\\n|;&]{0,20}?login|mongo\\w{0,8})\\s(?:${REST})??-p\\s|\\bredis-cli\\s(?:${REST})??-a\\s|\\bsqlcmd\\s(?:${REST})??-P\\s|\\bldap\\w{3,8}\\s(?:${REST})??-w\\s)${ARGUMENT}`,
  'gi',
)
/** `--password x1`. Without a digit, the next word belongs to the sentence. */
const NAMED =
  /(\s--?(?:[\w-]{1,24}-)?(?:password|passwd|pass|pwd|token|secret|api-?key|access-?key|passphrase)\s{1,3})(?!-)(?=[^\s"']{0,64}\d|["'])(?:"[^"\n]{1,256}"|'[^'\n]{1,256}'|[^\s"']{1,256})/gi
const OPTION = /\s-(?:[upaw]|[\w-]{0,26}(?:user|pass|pwd|token|secret|key|auth))/i

/** Whether a text has an option that may take a password. */
export function mayHaveOptions(text: string): boolean {
  return OPTION.test(text)
}

/** Redacts passwords in options of commands. */
export function redactOptions(text: string): string {
  return text
    .replace(CURL_USER, '$1[credentials]')
    .replace(JOINED, '$1[secret]')
    .replace(SEPARATE, '$1[secret]')
    .replace(NAMED, '$1[secret]')
}
