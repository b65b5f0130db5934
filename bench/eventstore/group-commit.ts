import { appendChains } from './appends.ts'
import { inTime } from './rounds.ts'
import type { Scale } from './scale.ts'
import type { OpenSession } from './session.ts'
import { writtenAhead } from './write-ahead-log.ts'

/** How many appends of concurrent writers shared one commit, burst by burst. */
export interface GroupSizes {
  readonly writers: number
  readonly appendsPerCommit: readonly number[]
}

/** Short enough to fit into the write-ahead log before SQLite begins it again (1,000 pages). */
const APPENDS_EACH = 4
const FEWEST_APPENDS = 64

/**
 * Counts commits from outside, in the write-ahead log. A burst during which that log began again is left out, and
 * without such a log there are no figures.
 */
export const measureGroupCommit = async (open: OpenSession, scale: Scale): Promise<readonly GroupSizes[]> => {
  await using session = await open()
  const sizes: GroupSizes[] = []
  for (const { writers } of scale.appends) {
    const appendsPerCommit: number[] = []
    const appendsEach = Math.max(APPENDS_EACH, Math.ceil(FEWEST_APPENDS / writers))
    const chains = { writers, appendsEach, eventsPerAppend: 1 }
    for (let burst = 0; burst < scale.commitBursts; burst += 1) {
      const before = writtenAhead(`${session.node.file}-wal`)
      await inTime('a burst', appendChains(session.appenders.batch, session.ledger, chains))
      const after = writtenAhead(`${session.node.file}-wal`)
      await inTime('reading the burst back', session.ledger.verify())
      const commits = (after?.commits ?? 0) - (before?.commits ?? 0)
      // The first burst is the client's first call, with its questions to the node.
      if (burst > 0 && after?.generation === before?.generation && commits > 0)
        appendsPerCommit.push((writers * appendsEach) / commits)
    }
    sizes.push({ writers, appendsPerCommit })
  }
  return sizes
}
