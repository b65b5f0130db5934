import { NO_FACTS, type Facts, type ParkedFacts } from '#domain/inconsistency/facts.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { parkedCase } from '#platform/ids/parked-case.ts'
import { parking } from '../parking/parking.ts'
import { PAYPAY, providerStanding } from './credentials.ts'

/** A case that is no order: what it is called among the cases, and its facts but for the alerts. */
export interface SetAside {
  readonly id: string
  readonly facts: Facts
}

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
      for (const { caseId, subject, facts } of (await parked()).values())
        found.push({
          id: caseId,
          facts: { ...NO_FACTS, parked: { [subject]: facts }, newestAtMs: facts.atMs },
        })
    const last = await store.last(`${providerStanding.category}-${PAYPAY}`)
    if (last?.type === 'ProviderCredentialsRefused') {
      const { id: eventId, createdAtMs: atMs } = last
      const refusing = { [PAYPAY]: { eventId, atMs } }
      found.push({ id: PROVIDER_CASE, facts: { ...NO_FACTS, refusing, newestAtMs: atMs } })
    }
    return found
  }
}

interface Parked {
  readonly caseId: string
  readonly subject: string
  readonly facts: ParkedFacts
}

const parkedKeys = (store: Pick<EventStore, 'read'>, process: string) => {
  const keys = new Map<string, Parked>()
  let next = 0
  return async (): Promise<ReadonlyMap<string, Parked>> => {
    for await (const recorded of store.read(`${parking.category}-${process}`, next)) {
      const { type, data } = decodeRecorded(parking.codec, recorded)
      if (type === 'KeyReleased') keys.delete(data.key)
      // The first piece of work is the trigger; what is parked behind it belongs to the same case.
      if (type === 'WorkParked' && !keys.has(data.key)) {
        const { caseId, subject, key } = parkedCase(process, data.key)
        const facts = { process, key, eventId: recorded.id, atMs: recorded.createdAtMs }
        keys.set(data.key, { caseId, subject, facts })
      }
      next = recorded.revision + 1
    }
    return keys
  }
}
