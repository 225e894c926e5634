import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { CACHE } from '../harness/receiver.ts'

const PACKAGES = ['libphonenumber-js@1.13.16', 'ibantools@4.5.4']
const FOLDER = join(CACHE, 'redaction-rivals')
/** What may be an IBAN. The library checks whole ones, and finds none in a text. */
const IBAN_LIKE = /(?<![A-Za-z0-9])[A-Za-z]{2}\d\d(?:[ .-]?[A-Za-z0-9]){11,30}/g
const SHORTEST_IBAN = 15

interface PhoneLibrary {
  findPhoneNumbersInText(
    text: string,
    options: { defaultCountry?: string; extended: true },
  ): { startsAt: number; endsAt: number }[]
}
interface IbanLibrary {
  isValidIBAN(iban: string): boolean
}

/** A redactor of some kinds. */
interface Rival {
  readonly name: string
  readonly kinds: readonly string[]
  readonly find: (text: string) => string
}

/**
 * Installs libphonenumber-js and ibantools into the cache of the project, apart from its own
 * packages. Returns redactors made of them.
 *
 * @throws {Error} If npm cannot install them.
 */
export function prepareRivals(): readonly Rival[] {
  mkdirSync(FOLDER, { recursive: true })
  execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', FOLDER, ...PACKAGES], { stdio: 'pipe' })
  const load = createRequire(join(FOLDER, 'package.json'))
  const phones: PhoneLibrary = load('libphonenumber-js')
  const ibans: IbanLibrary = load('ibantools')
  return [
    { name: 'libphonenumber-js', kinds: ['phone'], find: redactPhones(phones) },
    { name: 'libphonenumber-js, default country US', kinds: ['phone'], find: redactPhones(phones, 'US') },
    { name: 'ibantools', kinds: ['iban'], find: text => text.replace(IBAN_LIKE, match => redactIban(match, ibans)) },
  ]
}

function redactPhones(library: PhoneLibrary, defaultCountry?: string) {
  return (text: string) => {
    let redacted = ''
    let done = 0
    const options = { extended: true, ...(defaultCountry !== undefined && { defaultCountry }) } as const
    for (const { startsAt, endsAt } of library.findPhoneNumbersInText(text, options)) {
      redacted += `${text.slice(done, startsAt)}[phone]`
      done = endsAt
    }
    return redacted + text.slice(done)
  }
}

/** Redacts the longest beginning that is an IBAN. */
function redactIban(match: string, { isValidIBAN }: IbanLibrary): string {
  for (let end = match.length; end >= SHORTEST_IBAN; end--)
    if (isValidIBAN(match.slice(0, end).replace(/[ .-]/g, '').toUpperCase())) return `[iban]${match.slice(end)}`
  return match
}
