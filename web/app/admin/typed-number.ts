/**
 * A whole number as somebody may type it, with full-width figures and signs of thousands too; undefined for anything else.
 * What comes back is inside what the shop counts in.
 */
export const typedNumber = (text: string): number | undefined => {
  const plain = text.normalize('NFKC').replaceAll(/[,\s]/g, '').replace(/^[−–]/, '-')
  if (!/^[+-]?\d{1,10}$/.test(plain)) return undefined
  const number = Number(plain)
  return Math.abs(number) <= MOST_UNITS ? number : undefined
}

/** As the API has it. */
const MOST_UNITS = 1_000_000_000
