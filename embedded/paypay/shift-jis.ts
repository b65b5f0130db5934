/** What stands for a character that Shift_JIS does not have. */
const MISSING = Uint8Array.of(0x3f)

let table: ReadonlyMap<string, Uint8Array> | undefined

/** Node only decodes this charset, so the way back is read off its decoder, once. */
function encodings(): ReadonlyMap<string, Uint8Array> {
  if (table !== undefined) return table
  const decoder = new TextDecoder('shift_jis')
  const found = new Map<string, Uint8Array>()
  const note = (...bytes: number[]) => {
    const encoded = Uint8Array.from(bytes)
    const character = decoder.decode(encoded)
    // The first of several encodings of one character is the usual one.
    if (Array.from(character).length === 1 && character !== '\uFFFD' && !found.has(character)) {
      found.set(character, encoded)
    }
  }
  for (let byte = 0; byte < 0x100; byte += 1) note(byte)
  for (let lead = 0x81; lead <= 0xfc; lead += 1) {
    for (let trail = 0x40; trail <= 0xfc; trail += 1) note(lead, trail)
  }
  table = found
  return table
}

/** The text in Shift_JIS, with `?` for what it cannot hold. */
export function toShiftJis(text: string): Buffer {
  const known = encodings()
  return Buffer.concat(Array.from(text, (character) => known.get(character) ?? MISSING))
}
