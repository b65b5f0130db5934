/** Turns of the event loop to wait while writers keep arriving. More only adds latency. */
const LINGER_TURNS = 4
/** The most pieces of work in one transaction; the rest goes into the next one. */
const GROUP_LIMIT = 512

/** Collects the work of concurrent writers so that they share one commit, and thus one flush of the disk. */
export type GroupCommit<Work> = {
  readonly add: (work: Work) => void
  /** Commits everything that waits, now. */
  readonly flush: () => void
  /** Lets work wait until every holder has called back. Calling back twice is harmless. */
  readonly hold: () => () => void
  readonly waiting: () => number
}

/**
 * `commit` gets each group in order of arrival, never empty, and must not throw. A writer who is alone is not
 * kept waiting: its work is committed at the end of the turn in which it arrived.
 */
export const createGroupCommit = <Work>(commit: (group: readonly Work[]) => void): GroupCommit<Work> => {
  let queue: Work[] = []
  let scheduled = false
  let seen = 0
  let turns = 0
  const holders = new Set<object>()

  const commitNext = (): void => {
    const group = queue.slice(0, GROUP_LIMIT)
    queue = queue.slice(GROUP_LIMIT)
    seen = 0
    turns = 0
    if (group.length > 0) commit(group)
  }

  const schedule = (): void => {
    if (scheduled || holders.size > 0) return
    scheduled = true
    setImmediate(turn)
  }

  const turn = (): void => {
    scheduled = false
    if (holders.size > 0) return
    const stillArriving = queue.length > 1 && queue.length > seen && queue.length < GROUP_LIMIT
    if (stillArriving && turns < LINGER_TURNS) {
      seen = queue.length
      turns += 1
      schedule()
      return
    }
    commitNext()
    if (queue.length > 0) schedule()
  }

  return {
    add: (work) => {
      queue.push(work)
      schedule()
    },
    flush: () => {
      while (queue.length > 0) commitNext()
    },
    hold: () => {
      const holder = {}
      holders.add(holder)
      return () => {
        holders.delete(holder)
        if (queue.length > 0) schedule()
      }
    },
    waiting: () => queue.length,
  }
}
