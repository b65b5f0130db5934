import TinyQueue from 'tinyqueue'
import type { Randomness } from './randomness.ts'

/** Whoever waits for something: what falls due for somebody dead is dropped. */
export interface Owner {
  readonly isAlive: () => boolean
}

/**
 * Everything that would happen outside of the code under test, at a virtual time: messages that arrive, timers, buyers,
 * deaths. One thing happens at a time, and all promises settle before the next, so the order in which the seed lets
 * things happen is the only order there is.
 */
export interface Scheduler {
  readonly nowMs: () => number
  /** What falls due at the same time happens in an order of the seed's choosing. Returns a function that cancels. */
  readonly after: (delayMs: number, happen: () => void, owner?: Owner) => () => void
  readonly sleep: (delayMs: number) => Promise<void>
  /** Lets everything happen that falls due until then, or until `stop`. @throws what a happening threw. */
  readonly run: (untilMs: number) => Promise<void>
  readonly stop: () => void
  /** How many things have happened. */
  readonly steps: () => number
}

/** Far more than any run takes: a loop that never ends in virtual time fails instead of hanging. */
const MOST_STEPS = 2_000_000
/** Turns of Node's event loop are dear; promises settle between the callbacks of one turn just as well. */
const STEPS_PER_TURN = 16

interface Entry {
  readonly dueMs: number
  readonly tie: number
  readonly order: number
  readonly happen: () => void
  readonly owner: Owner | undefined
  cancelled: boolean
}

export const scheduler = (startMs: number, random: Randomness): Scheduler => {
  const queue = new TinyQueue<Entry>([], (a, b) => a.dueMs - b.dueMs || a.tie - b.tie || a.order - b.order)
  let now = startMs
  let order = 0
  let steps = 0
  let stopped = false

  const after: Scheduler['after'] = (delayMs, happen, owner) => {
    const dueMs = now + Math.ceil(Math.max(0, delayMs))
    const entry: Entry = {
      dueMs,
      tie: random.next(),
      order: (order += 1),
      happen,
      owner,
      cancelled: false,
    }
    queue.push(entry)
    return () => {
      entry.cancelled = true
    }
  }

  const takeNext = (untilMs: number): Entry | undefined => {
    for (let top = queue.peek(); top !== undefined && top.dueMs <= untilMs; top = queue.peek()) {
      queue.pop()
      if (!top.cancelled && top.owner?.isAlive() !== false) return top
    }
    return undefined
  }

  const run: Scheduler['run'] = (untilMs) =>
    new Promise((resolve, reject) => {
      let over = false
      const step = (): void => {
        if (over || stopped) return
        const entry = takeNext(untilMs)
        if (entry === undefined) {
          // Some code waits for a few turns of the event loop; what it does then may fall due now.
          return
        }
        steps += 1
        now = entry.dueMs
        try {
          if (steps > MOST_STEPS) throw new Error(`The run did not end within ${MOST_STEPS} steps`)
          entry.happen()
        } catch (error) {
          over = true
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      }
      let idleTurns = 0
      const turn = (): void => {
        if (over) return
        const before = steps
        for (let nth = 0; nth < STEPS_PER_TURN; nth += 1) setImmediate(step)
        setImmediate(() => {
          idleTurns = steps === before ? idleTurns + 1 : 0
          if (stopped || idleTurns > IDLE_TURNS) {
            over = true
            if (!stopped) now = Math.max(now, untilMs)
            resolve()
          } else turn()
        })
      }
      turn()
    })

  return {
    nowMs: () => now,
    after,
    sleep: (delayMs) =>
      new Promise((resolve) => {
        after(delayMs, resolve)
      }),
    run,
    stop: () => {
      stopped = true
    },
    steps: () => steps,
  }
}

/** More than any code here waits for. */
const IDLE_TURNS = 6
