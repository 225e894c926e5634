/** Last words of names whose value is a secret. */
const SECRET_WORDS = new Set([
  ...['password', 'passwd', 'passphrase', 'passcode', 'pwd', 'pass', 'secret', 'secrets', 'token', 'authorization', 'auth'],
  ...[
    'cookie',
    'cookies',
    'credential',
    'credentials',
    'apikey',
    'privatekey',
    'signature',
    'sig',
    'jwt',
    'jsessionid',
    'phpsessid',
  ],
  ...[
    'pin',
    'cvv',
    'cvc',
    'cvv2',
    'otp',
    'passwort',
    'kennwort',
    'contraseña',
    'clave',
    'senha',
    'passe',
    'пароль',
    'wachtwoord',
    'parola',
    'hasło',
  ],
])
/** `key` is a secret only after one of these words. */
const SECRET_KEYS = /(?:api|access|private|secret|signing|encryption|session|master|auth|account|ssh)key$/
const SECRET_ENDINGS =
  /(?:password|passwd|passphrase|secret|apikey|accesstoken|authtoken|refreshtoken|idtoken|密码|密碼|パスワード|비밀번호)$/
/** The last three letters of all these words. Most names end in others. */
const LAST_LETTERS = new Set(
  [...SECRET_WORDS, 'key', 'password', 'passwd', 'passphrase', 'secret', 'token'].map(word => word.slice(-3)),
)

/**
 * Whether a field with this name holds a secret: `password`, `clientSecret`, `x-api-key`; not
 * `token_count` or `max_tokens`.
 */
export function isSecretName(name: string): boolean {
  const end = name.slice(-3).toLowerCase()
  if (/^[a-z\d]{3}$/.test(end) && !LAST_LETTERS.has(end)) return false
  const words = name
    .replace(/([a-zа-я\d])([A-ZА-Я])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
  const joined = words.join('')
  return SECRET_WORDS.has(words.at(-1) ?? '') || SECRET_KEYS.test(joined) || SECRET_ENDINGS.test(joined)
}

/**
 * Returns the common form of a name's spellings: equal for `Full-Name`, `full_name` and `fullName`.
 */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}
