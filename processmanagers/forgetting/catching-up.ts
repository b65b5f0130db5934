import { customer } from '#domain/customer/aggregate.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import type { Keyring } from '#platform/keyring/port.ts'

export interface CatchingUpOptions {
  readonly eventStore: EventStore
  readonly keyring: Keyring
  readonly signal: AbortSignal
}

/**
 * Carries out on this keyring every request to forget that it has not seen, for one that was restored from before a
 * request holds the key again. The keyring itself knows how far it got, so a start with nothing missed reads only what
 * is new in the log.
 * @throws UndecodableEvent when a request cannot be read; those before it were carried out.
 */
export const catchUpKeyring = async ({ eventStore, keyring, signal }: CatchingUpOptions): Promise<void> => {
  const batches = eventStore.subscribe({
    name: 'keyring',
    prefixes: ['CustomerForgotten'],
    by: 'type',
    after: (await keyring.forgottenUpTo()) ?? 'start',
    signal,
  })
  for await (const { events, position, caughtUp } of batches) {
    for (const recorded of events) {
      const event = decodeRecorded(customer.codec, recorded)
      if (event.type === 'CustomerForgotten')
        await keyring.forget(event.data.customerId, event.data.forgettingId)
    }
    if (position !== undefined) await keyring.noteForgottenUpTo(position)
    if (caughtUp) return
  }
}
