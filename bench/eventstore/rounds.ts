/** One of the things that are measured in turn. */
export interface Contestant<Key, Outcome> {
  /** What makes this figure a different one from its neighbours. */
  readonly key: Key
  /** Prepares, times, and asserts the result; only then is the outcome worth anything. Round 0 warms up. */
  readonly run: (round: number) => Promise<Outcome>
}

/** The outcomes of the rounds that count, oldest first. */
export interface Figure<Key, Outcome> {
  readonly key: Key
  readonly rounds: readonly Outcome[]
}

/** No piece of work takes longer unless something is lost. */
const STEP_LIMIT_MS = 60_000

/** @throws Error naming the work that is not done in time: an answer or an event is missing, or all is far too slow. */
export const inTime = async <T>(what: string, work: Promise<T>, limitMs = STEP_LIMIT_MS): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what}: not done within ${limitMs / 1_000} s`))
    }, limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Runs all contestants once to warm up and then round after round in turn (A B C, A B C, …), so that whatever slows the
 * machine for a while slows all of them.
 */
export const interleaved = async <Key, Outcome>(
  contestants: readonly Contestant<Key, Outcome>[],
  rounds: number,
): Promise<readonly Figure<Key, Outcome>[]> => {
  const figures = contestants.map(({ key, run }) => ({ key, run, rounds: [] as Outcome[] }))
  for (let round = 0; round <= rounds; round += 1)
    for (const figure of figures) {
      const outcome = await inTime(`${JSON.stringify(figure.key)}, round ${round}`, figure.run(round))
      if (round > 0) figure.rounds.push(outcome)
    }
  return figures.map(({ key, rounds: outcomes }) => ({ key, rounds: outcomes }))
}
