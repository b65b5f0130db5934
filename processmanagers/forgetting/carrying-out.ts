import type { z } from 'zod'
import { cart } from '#domain/cart/aggregate.ts'
import { customer } from '#domain/customer/aggregate.ts'
import type { CustomerForgotten } from '#domain/customer/events.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import type { EventStore, Position } from '#platform/eventstore/port.ts'
import type { IdentityVerifier } from '#platform/identity/port.ts'
import type { Keyring } from '#platform/keyring/port.ts'
import type { SessionStore } from '#platform/sessions/port.ts'
import { stepContext } from '../command-context.ts'
import { FORGETTING } from './process-name.ts'

const context = stepContext(FORGETTING)

/** A request to forget, and where it stands in the log. */
interface Forgetting extends Pick<z.infer<typeof CustomerForgotten>, 'customerId' | 'forgettingId'> {
  readonly subject?: string | undefined
  readonly position: Position
  readonly eventId: string
}

export interface CarryingOutOptions {
  readonly eventStore: EventStore
  readonly commands: CommandRunner
  readonly keyring: Keyring
  readonly sessions: SessionStore
  readonly identity: IdentityVerifier
}

/**
 * Does what the recorded requests of this customer ask for, oldest first. Repeatable, also after the person has come
 * back: their new key and cart stay.
 * @throws when the keyring, the sessions or the identity provider cannot do it yet: it is then to be done again.
 */
export const carryOut = async (customerId: string, options: CarryingOutOptions): Promise<void> => {
  for await (const request of forgettingsOf(customerId, options.eventStore))
    await carryOutOne(request, options)
}

/**
 * The key is destroyed first, because everything else is only of use to who has it; then every session ends, the cart
 * that was filled before is emptied, and the identity provider is told.
 */
const carryOutOne = async (
  { customerId, forgettingId, subject, position, eventId }: Forgetting,
  { eventStore, commands, keyring, sessions, identity }: CarryingOutOptions,
): Promise<void> => {
  try {
    await keyring.forget(customerId, forgettingId)
  } finally {
    await sessions.destroyAllOf(customerId)
  }
  const newest = await eventStore.last(`${cart.category}-${customerId}`)
  if (newest !== undefined && newest.position < position)
    await commands.run(
      cart,
      customerId,
      { type: 'ReplaceCart', items: [] },
      context('EmptyCart', forgettingId, customerId, eventId),
    )
  if (subject === undefined || identity.forget === undefined) return
  await identity.forget(subject)
  // Until now the account still let the person in.
  await sessions.destroyAllOf(customerId)
}

async function* forgettingsOf(customerId: string, eventStore: EventStore): AsyncGenerator<Forgetting, void> {
  for await (const recorded of eventStore.read(`${customer.category}-${customerId}`)) {
    const event = decodeRecorded(customer.codec, recorded)
    if (event.type === 'CustomerForgotten')
      yield { ...event.data, position: recorded.position, eventId: recorded.id }
  }
}
