/** Numbers of one figure over several rounds. */
export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
}

export const summary = (values: readonly number[]): Summary => {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: percentile(sorted, 50), min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN }
}

/** The smallest value that at least `p` percent of all are not above (nearest rank); `sorted` ascending. */
export const percentile = (sorted: readonly number[], p: number): number =>
  sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN

/** Runs `count` pieces of work by `writers` at once and answers how many were done per second. */
export const perSecond = async (
  count: number,
  writers: number,
  work: (nth: number) => Promise<unknown>,
): Promise<number> => {
  const turns = Array.from({ length: count }, (_, nth) => nth).values()
  const begin = performance.now()
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (const nth of turns) await work(nth)
    }),
  )
  return count / ((performance.now() - begin) / 1_000)
}

/** Starts one piece of work every `1000 / rate` ms, whatever the others take, and answers each one's time in ms, ascending. */
export const atRate = async (
  rate: number,
  seconds: number,
  work: (nth: number) => Promise<unknown>,
): Promise<readonly number[]> => {
  const begin = performance.now()
  const taken = await Promise.all(
    Array.from({ length: rate * seconds }, async (_, nth) => {
      const dueMs = begin + (nth * 1_000) / rate
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())))
      // Measured from when it was due, so that waiting behind a slow one counts.
      await work(nth)
      return performance.now() - dueMs
    }),
  )
  return taken.toSorted((a, b) => a - b)
}

export const assert: (condition: boolean, message: string) => asserts condition = (condition, message) => {
  if (!condition) throw new Error(`The result is wrong, so its time does not count: ${message}`)
}
