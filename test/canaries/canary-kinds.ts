import { makeSessionId } from '../../src/text/ids/session-ids.ts'
import { seededRandom } from '../worlds/seeded-random.ts'

/** A text with a secret or an address, and the part of it that no sink may hold. */
export interface Canary {
  readonly kind: string
  readonly form: string
  readonly text: string
  readonly value: string
}

const random = seededRandom(14)
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const SMALL = 'abcdefghijklmnopqrstuvwxyz'
const DIGITS = '0123456789'
const HEX = '0123456789abcdef'
const from = (alphabet: string, length: number) =>
  Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')
/** Letters and digits, with one of each sort. */
const mixed = (length: number) => `q7R${from(CAPITALS + SMALL + DIGITS, length - 3)}`
const hex = (length: number) => `3f${from(HEX, length - 2)}`
const capitals = (length: number) => `Q7${from(CAPITALS + DIGITS, length - 2)}`
const digits = (length: number) => from(DIGITS, length)

/** Keys by issuer: what comes before the random part, and that part. */
const KEYS: Readonly<Record<string, readonly [string, string]>> = {
  'own access key': ['plc_', mixed(40)],
  'session id': ['', makeSessionId(count => Uint8Array.from({ length: count }, () => Math.floor(random() * 256)))],
  'OpenAI key': ['sk-proj-', mixed(64)],
  'Anthropic key': ['sk-ant-api03-', `${mixed(93)}AA`],
  'Groq key': ['gsk_', mixed(52)],
  'xAI key': ['xai-', mixed(80)],
  'Perplexity key': ['pplx-', mixed(48)],
  'Replicate token': ['r8_', mixed(37)],
  'Hugging Face token': ['hf_', mixed(34)],
  'Stripe key': ['sk_live_', mixed(24)],
  'Stripe test key': ['rk_test_', mixed(24)],
  'Stripe webhook secret': ['whsec_', mixed(32)],
  'Square token': ['EAAA', mixed(60)],
  'Square secret': ['sq0csp-', mixed(43)],
  'Shopify token': ['shpat_', hex(32)],
  'AWS key id': ['AKIA', capitals(16)],
  'AWS secret': ['', `${mixed(19)}/${mixed(20)}`],
  'Google API key': ['AIza', mixed(35)],
  'Google OAuth secret': ['GOCSPX-', mixed(28)],
  'Google OAuth token': ['ya29.', mixed(60)],
  'Google refresh token': ['1//0', mixed(60)],
  'Azure secret': ['abc8Q~', mixed(34)],
  'DigitalOcean token': ['dop_v1_', hex(64)],
  'GitHub token': ['ghp_', mixed(36)],
  'GitHub fine-grained token': ['github_pat_', `${mixed(22)}_${mixed(59)}`],
  'GitLab token': ['glpat-', mixed(20)],
  'GitLab runner token': ['glrt-', mixed(20)],
  'Atlassian token': ['ATATT3', mixed(180)],
  'npm token': ['npm_', mixed(36)],
  'PyPI token': ['pypi-', mixed(90)],
  'Docker token': ['dckr_pat_', mixed(27)],
  'Slack bot token': ['xoxb-', `${digits(11)}-${mixed(24)}`],
  'Slack app token': ['xapp-1-', `${capitals(11)}-${digits(13)}-${hex(64)}`],
  'Slack webhook': [`https://hooks.slack.com/services/T${capitals(8)}/B${capitals(8)}/`, mixed(24)],
  'Discord bot token': ['MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.', mixed(27)],
  'Discord webhook': ['https://discord.com/api/webhooks/123456789012345678/', mixed(68)],
  'Telegram bot token': ['110201543:AA', mixed(33)],
  'Twilio key': ['SK', hex(32)],
  'SendGrid key': ['SG.', `${mixed(22)}.${mixed(43)}`],
  'Mailgun key': ['key-', hex(32)],
  'Mailgun new key': ['', `${hex(32)}-${hex(8)}-${hex(8)}`],
  'Mailchimp key': ['', `${hex(32)}-us12`],
  'Databricks token': ['dapi', hex(32)],
  'Vault token': ['hvs.', mixed(90)],
  'Terraform token': [`${mixed(14)}.atlasv1.`, mixed(64)],
  'age key': ['AGE-SECRET-KEY-1', capitals(58)],
  'Doppler token': ['dp.pt.', mixed(43)],
  'PlanetScale token': ['pscale_tkn_', mixed(43)],
  'Supabase token': ['sbp_', hex(40)],
  'Supabase secret': ['sb_secret_', mixed(31)],
  'Tailscale key': ['tskey-auth-', `${mixed(17)}-${mixed(32)}`],
  'Linear key': ['lin_api_', mixed(40)],
  'Notion secret': ['secret_', mixed(43)],
  'Notion token': ['ntn_', `${digits(11)}${mixed(35)}`],
  'Figma token': ['figd_', mixed(40)],
  'New Relic key': ['NRAK-', capitals(27)],
  'New Relic licence': ['', `${hex(36)}NRAL`],
  'Postman key': ['PMAK-', `${hex(24)}-${hex(34)}`],
  'Grafana token': ['glsa_', `${mixed(32)}_${hex(8)}`],
  'Sentry token': ['sntryu_', hex(64)],
  'Pulumi token': ['pul-', hex(40)],
  'Facebook page token': ['EAAM', mixed(110)],
  '42 secret': ['s-s4t2ud-', hex(64)],
  'Scalingo token': ['tk-us-', mixed(48)],
  'HubSpot token': ['pat-na1-', `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`],
  'Asana token': ['1/1204815571012464:', hex(32)],
  'Lob key': ['live_', hex(35)],
  'LaunchDarkly key': ['sdk-', `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`],
  'ElevenLabs key': ['sk_', hex(48)],
  'Yandex token': [`t1.${mixed(20)}.`, mixed(86)],
  'Vercel token': ['vercel_blob_rw_', mixed(30)],
  'Twitch token': ['oauth:', `q7${from(SMALL + DIGITS, 28)}`],
  'Bitcoin key': ['', '5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ'],
  'Ethereum key': ['0x', hex(64)],
  JWT: ['eyJhbGciOiJIUzI1NiJ9.', `eyJzdWIiOiIxMjM0NTY3ODkwIn0.${mixed(43)}`],
}

/** Other kinds: the whole text, with the secret part in braces. */
const TEXTS: Readonly<Record<string, string>> = {
  'mail address': '{ada.lovelace@canary-mail.com}',
  'mail address with &': 'write to {ada&bob7@canary-mail.com}',
  'mail address with quotes': 'write to {"ada lovelace"@canary-mail.com}',
  "mail address with '": "{o'neill@canary-mail.com}",
  phone: 'Call me at {+1 415 555 0134}',
  'national phone': 'my phone is {0151 2345 6789}',
  // No counter of the server reaches these groups of digits.
  card: '{4929 8371 6254 9302}',
  'card of dashes': 'pay {5500-0055-5555-5559}',
  'card of lines': 'card {4929 8371\n6254 9302}',
  'card of underscores': '{4929_8371_6254_9302}',
  'American Express card': '{378282246310005}',
  IBAN: '{DE89 3704 0044 0532 0130 00}',
  'IBAN of hexadecimal digits': '{DE44500105175407324931}',
  'IBAN in one': '{GB82WEST12345698765432}',
  'IP address': 'from {203.0.113.77} again',
  'IPv6 address': 'from {2001:db8::8a2e:370:7334} again',
  SSN: 'SSN {123-45-6789}',
  Aadhaar: 'Aadhaar {2341 2341 2346}',
  PAN: 'PAN {ABCPD1234K}',
  'password after =': 'password={hunter3zq}',
  'password in JSON': '{"password":"{hunter2zq}"}'.replace('{"', '\u0000"').replace(/\}$/, '\u0001'),
  'password of two words': 'password: {quorrect zebrahouse}',
  'stated password': 'I use the password {zq7xk1}',
  'changed password': 'changed my password to {zq8xk1}',
  'stated password of two words': 'my password is {korrect zebrahorse}',
  'German password': 'Mein Passwort lautet {zebra1037}',
  PIN: 'my pin is {471199283}',
  'curl user': 'curl -u ada:{zebra1074} https://h.example',
  'mysql password': 'mysql -u root -p{zebra1111}',
  'sshpass password': 'sshpass -p {zebra1148} ssh h',
  'password option': 'tool --password {zebra1185}',
  'Digest authorization': 'Authorization: Digest username="ada", realm="r", response="{6629fae49393a05397450978507c4ef1}"',
  'Bearer token': 'Bearer {zebraABCDEF123456}',
  'Basic credentials': 'Basic {YWRhOnplYnJhNzc=}',
  'URL credentials': 'postgres://app:{zebra1222}@db.internal/app',
  'secret in a query': 'https://h.example/x?access_token={zebra78abc}&n=1',
  'API key after =': 'x-api-key: {zebra77abc}',
  cookie: 'Cookie: sid={zebra79abc}; theme=dark',
  'AWS secret after its name': `aws secret {${mixed(19)}+${mixed(22)}}`,
  'Twilio auth token': `twilio auth token {${hex(32)}}`,
  'Ethereum private key': `ethereum private key {${hex(64)}}`,
  'PuTTY key': `PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n{${mixed(64)}}\nPrivate-MAC: 0`,
  'private key': `-----BEGIN PRIVATE KEY-----\n{${mixed(64)}}\n-----END PRIVATE KEY-----`,
}

const toBase64 = (text: string) => Buffer.from(text).toString('base64')
const escapeAll = (text: string, encode: (code: number) => string) =>
  text.replace(/[^\w .-]/g, character => encode(character.charCodeAt(0)))

/** The forms of a text, with the form of its secret. */
const FORMS: Readonly<Record<string, (text: string) => string>> = {
  whole: text => text,
  'in a sentence': text => `Why does this fail here? ${text}`,
  'percent-encoded': text => encodeURIComponent(text),
  'as escapes': text => escapeAll(text, code => `\\u${code.toString(16).padStart(4, '0')}`),
  'as HTML references': text => escapeAll(text, code => `&#${code};`),
  base64: toBase64,
}

/** All kinds in all forms, more than 500. */
export function makeCanaries(): readonly Canary[] {
  const plain = [
    ...Object.entries(KEYS).map(([kind, [prefix, value]]) => ({ kind, text: prefix + value, value })),
    ...Object.entries(TEXTS).map(([kind, text]) => {
      const [, before = '', value = '', after = ''] = /^([\s\S]*?)\{([\s\S]*?)\}([\s\S]*)$/.exec(text) ?? []
      return { kind, text: (before + value + after).replace('\u0000', '{').replace('\u0001', '}'), value }
    }),
  ]
  return plain.flatMap(({ kind, text, value }) =>
    Object.entries(FORMS).map(([form, encode]) => ({ kind, form, text: encode(text), value })),
  )
}
