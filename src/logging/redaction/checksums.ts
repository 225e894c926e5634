/**
 * Issuers with the lengths of their numbers: Visa, Mastercard, American Express, Diners, Discover,
 * JCB, UnionPay, Maestro, Mir, RuPay.
 */
const CARD_NUMBER =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|6(?:011|4[4-9]\d|5\d\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{9,15}|220[0-4]\d{12}|(?:60|81|82|508)\d{13,14})$/

/** Whether digits without separators are the number of a payment card. */
export function isCardNumber(digits: string): boolean {
  return CARD_NUMBER.test(digits) && passesLuhn(digits)
}

/** Whether digits pass the Luhn check (ISO/IEC 7812) of payment cards. */
function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]) * (1 + (i % 2))
    sum += digit > 9 ? digit - 9 : digit
  }
  return sum % 10 === 0
}

/** Whether an IBAN without spaces passes the check of ISO 13616: remainder 1 modulo 97. */
export function passesMod97(iban: string): boolean {
  let remainder = 0
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    // A letter counts as two digits, A as 10.
    const value = Number.parseInt(character, 36)
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
  }
  return remainder === 1
}

/** Permutation of digits from one position to the next in Verhoeff's code. */
const PERMUTATION = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

/**
 * Whether digits pass the check of Verhoeff's code over the dihedral group of order ten (1969), as
 * Aadhaar numbers do.
 */
export function passesVerhoeff(digits: string): boolean {
  let check = 0
  for (let i = 0; i < digits.length; i++) {
    let digit = Number(digits[digits.length - 1 - i])
    for (let turn = 0; turn < i % 8; turn++) digit = PERMUTATION[digit] ?? 0
    check = multiply(check, digit)
  }
  return check === 0
}

/** Product in the dihedral group: 0–4 are the rotations of a pentagon, 5–9 its reflections. */
function multiply(a: number, b: number): number {
  const turned = a < 5 ? a + (b % 5) : a - (b % 5)
  return ((turned + 5) % 5) + (a < 5 === b < 5 ? 0 : 5)
}
