import type { ReadinessPart } from '#api/dependencies.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { ProcessStatus } from '#processmanagers/runner.ts'
import type { ProjectionStatus } from '#projections/runner.ts'

const PATIENCE_MS = 1_500

/** Whether an engine answers a read now; of what does not matter, so it is of something that does not exist. */
export const enginePart = async (
  name: string,
  read: Promise<unknown>,
  clock: Clock,
): Promise<ReadinessPart> => {
  const patience = new AbortController()
  const answered = read.then(
    () => true,
    () => false,
  )
  const ok = await Promise.race([answered, clock.sleep(PATIENCE_MS, patience.signal).then(() => false)])
  patience.abort()
  return { name, ok }
}

/** A read model is ready when it holds everything that was in the log when we looked. */
export const projectionPart = ({
  name,
  caughtUp,
  lagMs,
  parked,
  isElsewhere,
}: ProjectionStatus): ReadinessPart => {
  const detail = [
    ...(caughtUp || lagMs === undefined ? [] : [`${Math.ceil(lagMs / 1_000)} s behind`]),
    ...(parked.length === 0 ? [] : [`${parked.length} parked`]),
    ...(isElsewhere ? ['fed by another process'] : []),
  ].join(', ')
  return { name: `projection ${name}`, ok: caughtUp, ...(detail === '' ? {} : { detail }) }
}

/** A process is ready when it has taken up everything in the log; parked keys are told, and hold nobody else up. */
export const processPart = ({
  name,
  connected,
  caughtUp,
  trouble,
  parkedKeys,
}: ProcessStatus): ReadinessPart => {
  const detail = trouble ?? (parkedKeys > 0 ? `${parkedKeys} parked` : undefined)
  return {
    name: `process ${name}`,
    ok: connected && caughtUp,
    ...(detail === undefined ? {} : { detail }),
  }
}
