import { NO_FACTS, type ParkedFacts } from '#domain/inconsistency/facts.ts'
import { unalerted } from '#domain/inconsistency/judging.ts'
import { parkedCase } from '#platform/ids/parked-case.ts'
import { orderIdOf } from './order-of-case.ts'
import { alertIdOf } from './raising.ts'

/** The id that the alert about a parked key has, or will have once it is raised. `key`: as its process knows it. */
export const parkedAlertId = (parked: ParkedFacts): string | undefined => {
  const { caseId, subject, key } = parkedCase(parked.process, parked.key)
  const [found] = unalerted({ ...NO_FACTS, parked: { [subject]: { ...parked, key } } })
  return found === undefined ? undefined : alertIdOf(found, orderIdOf(caseId))
}
