import { NO_FACTS, type ParkedFacts } from '#domain/inconsistency/facts.ts'
import { unalerted } from '#domain/inconsistency/judging.ts'
import { alertIdOf, orderIdOf } from './raising.ts'
import { parkedCaseId } from './set-aside.ts'

/** The id that the alert about a parked key has, or will have once it is raised. */
export const parkedAlertId = (parked: ParkedFacts): string | undefined => {
  const caseId = parkedCaseId(parked.process, parked.key)
  const [found] = unalerted({ ...NO_FACTS, parked: { [`${parked.process}/${parked.key}`]: parked } })
  return found === undefined ? undefined : alertIdOf(found, orderIdOf(caseId))
}
