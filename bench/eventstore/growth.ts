import { randomUUID } from 'node:crypto'
import { assert, perSecond } from '../measure.ts'
import { newEvent } from './appenders.ts'
import { timedChains } from './appends.ts'
import { inTime, interleaved, type Contestant, type Figure } from './rounds.ts'
import { sampled, type Sample } from './sample.ts'
import type { Scale } from './scale.ts'
import type { OpenSession, Session } from './session.ts'

export interface GrowthKey {
  /** `chains`: new streams, each appended to again and again; `spread`: any of all that are stored. */
  readonly pattern: 'chains' | 'spread'
  readonly streams: number
}

const WRITERS = 64
const FILLERS = 128
const FILL_STEP = 10_000

/** Every stream's last revision. */
type Stored = { readonly prefix: string; readonly revisions: Int32Array }

const fill = async ({ appenders, ledger }: Session, streams: number): Promise<Stored> => {
  const stored = { prefix: `stored-${randomUUID().slice(0, 8)}`, revisions: new Int32Array(streams) }
  for (let first = 0; first < streams; first += FILL_STEP) {
    const filling = perSecond(Math.min(FILL_STEP, streams - first), FILLERS, async (nth) => {
      const event = newEvent()
      const stream = `${stored.prefix}_${first + nth}`
      assert((await appenders.batch.append(stream, [event], -1)) === 0, `${stream} was there already`)
      ledger.acknowledged(stream, 0, [event.id])
    })
    await inTime(`storing streams from ${first}`, filling)
  }
  await inTime('reading the streams back', ledger.verify())
  return stored
}

/** Appends all over the store: most of what is hit was not hit lately. */
const spread = async (
  session: Session,
  { prefix, revisions }: Stored,
  appendsEach: number,
): Promise<Sample> => {
  const { appenders, ledger } = session
  const ofOneWriter = Math.floor(revisions.length / WRITERS)
  const write = async (writer: number): Promise<void> => {
    for (let nth = 0; nth < appendsEach; nth += 1) {
      // No two writers share a stream, so that each knows the revision its append builds on.
      const index = Math.floor(Math.random() * ofOneWriter) * WRITERS + writer
      const revision = revisions[index] ?? 0
      const stream = `${prefix}_${index}`
      const event = newEvent()
      const reached = await appenders.batch.append(stream, [event], revision)
      assert(reached === revision + 1, `${stream} went from ${revision} to ${reached}`)
      ledger.acknowledged(stream, reached, [event.id])
      revisions[index] = reached
    }
  }
  const count = WRITERS * appendsEach
  const sample = await sampled(session.node.pid, count, () =>
    Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer))),
  )
  assert((await ledger.verify()) === count, `fewer than ${count} events were acknowledged`)
  return sample
}

/** R6: the same appends on a node with few streams and on one with many, in turn. */
export const measureGrowth = async (
  open: OpenSession,
  scale: Scale,
): Promise<readonly Figure<GrowthKey, Sample>[]> => {
  await using small = await open()
  await using large = await open()
  const { appendsEach } = scale.growth
  const logs = [
    { session: small, stored: await fill(small, scale.growth.small) },
    { session: large, stored: await fill(large, scale.growth.large) },
  ]
  const chains = { writers: WRITERS, appendsEach, eventsPerAppend: 1 }
  const contestants: readonly Contestant<GrowthKey, Sample>[] = [
    ...logs.map(({ session, stored }) => ({
      key: { pattern: 'chains' as const, streams: stored.revisions.length },
      run: () => timedChains(session, 'batch', chains),
    })),
    ...logs.map(({ session, stored }) => ({
      key: { pattern: 'spread' as const, streams: stored.revisions.length },
      run: () => spread(session, stored, appendsEach),
    })),
  ]
  // Awaited here: the session ends with this scope.
  return await interleaved(contestants, scale.rounds)
}
