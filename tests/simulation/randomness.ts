/** All chance of one run. The same seed and the same order of questions give the same answers. */
export interface Randomness {
  /** From zero up to, not including, one. */
  readonly next: () => number
  readonly chance: (probability: number) => boolean
  /** A whole number, both ends included. */
  readonly between: (low: number, high: number) => number
  readonly pick: <T>(items: readonly [T, ...T[]]) => T
  /** An independent source, so that more questions in one place do not change the answers in another. */
  readonly fork: (purpose: string) => Randomness
}

/** Mulberry32: 32 bits of state, which is plenty for a run and cheap for thousands of them. */
export const randomness = (seed: number): Randomness => {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    chance: (probability) => probability > 0 && next() < probability,
    between,
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
    fork: (purpose) => randomness(folded(seed, purpose)),
  }
}

/** FNV-1a over the purpose, begun from the seed. */
const folded = (seed: number, purpose: string): number => {
  let hash = Math.imul(seed ^ 0x811c9dc5, 0x01000193)
  for (let index = 0; index < purpose.length; index += 1)
    hash = Math.imul(hash ^ purpose.charCodeAt(index), 0x01000193)
  return hash ^ (hash >>> 15)
}
