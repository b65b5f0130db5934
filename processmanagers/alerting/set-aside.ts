import { NO_FACTS, type Facts, type ParkedFacts } from '#domain/inconsistency/facts.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { FORGETTING } from '../forgetting/process-name.ts'
import { parking } from '../parking/parking.ts'
import { PAYPAY, providerStanding } from './credentials.ts'

/** A case that is no order: what it is called among the cases, and its facts but for the alerts. */
export interface SetAside {
  readonly id: string
  readonly facts: Facts
}

export const parkedCaseId = (process: string, key: string): string => `parked/${process}/${key}`
/** What an alert takes; keys are ids, and shorter, unless somebody else wrote to the log. */
const LONGEST_SUBJECT = 300
const PROVIDER_CASE = `provider/${PAYPAY}`

/** Whether alerts of this case are about something beside the orders. */
export const isSetAside = (caseId: string): boolean =>
  caseId.startsWith('parked/') || caseId.startsWith('provider/')

/**
 * Follows the streams in which processes and the provider's callers keep what stands still. Each call reads what came
 * since the last one; what is remembered grows with the keys that are parked now.
 */
export const setAsideInLog = (
  store: Pick<EventStore, 'read' | 'last'>,
  processes: readonly string[],
): (() => Promise<readonly SetAside[]>) => {
  const follow = processes.map((process) => parkedKeys(store, process))
  return async () => {
    const found: SetAside[] = []
    for (const parked of follow)
      for (const facts of (await parked()).values()) {
        const subject = `${facts.process}/${facts.key}`.slice(0, LONGEST_SUBJECT)
        found.push({
          id: parkedCaseId(facts.process, facts.key),
          facts: { ...NO_FACTS, parked: { [subject]: facts }, newestAtMs: facts.atMs },
        })
      }
    const last = await store.last(`${providerStanding.category}-${PAYPAY}`)
    if (last?.type === 'ProviderCredentialsRefused') {
      const { id: eventId, createdAtMs: atMs } = last
      const refusing = { [PAYPAY]: { eventId, atMs } }
      found.push({ id: PROVIDER_CASE, facts: { ...NO_FACTS, refusing, newestAtMs: atMs } })
    }
    return found
  }
}

const parkedKeys = (store: Pick<EventStore, 'read'>, process: string) => {
  const keys = new Map<string, ParkedFacts>()
  /** Alerts leave the house, and are there to stay: they tell people apart and do not name them, by no id either. */
  const told = (key: string): string => (process === FORGETTING ? derivedId('parked-person', key) : key)
  let next = 0
  return async (): Promise<ReadonlyMap<string, ParkedFacts>> => {
    for await (const recorded of store.read(`${parking.category}-${process}`, next)) {
      const { type, data } = decodeRecorded(parking.codec, recorded)
      const { key } = data
      if (type === 'KeyReleased') keys.delete(key)
      // The first piece of work is the trigger; what is parked behind it belongs to the same case.
      if (type === 'WorkParked' && !keys.has(key))
        keys.set(key, { process, key: told(key), eventId: recorded.id, atMs: recorded.createdAtMs })
      next = recorded.revision + 1
    }
    return keys
  }
}
