/** Whether digits pass the Luhn check (ISO/IEC 7812) of payment cards. */
export function passesLuhn(digits: string): boolean {
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
