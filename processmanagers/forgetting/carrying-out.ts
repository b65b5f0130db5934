import { cart } from '#domain/cart/aggregate.ts'
import { customer } from '#domain/customer/aggregate.ts'
import type { CustomerForgotten } from '#domain/customer/events.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import type { EventStore, Position } from '#platform/eventstore/port.ts'
import type { IdentityVerifier } from '#platform/identity/port.ts'
import type { Keyring } from '#platform/keyring/port.ts'
import type { SessionStore } from '#platform/sessions/port.ts'
import type { z } from 'zod'
import { stepContext } from '../command-context.ts'

const context = stepContext('forgetting')

/** A request to forget, and where it stands in the log. */
export interface Forgetting extends Pick<z.infer<typeof CustomerForgotten>, 'customerId' | 'forgettingId'> {
  readonly subject?: string | undefined
  readonly position: Position
  readonly causationId: string
}

export interface CarryingOutOptions {
  readonly eventStore: EventStore
  readonly commands: CommandRunner
  readonly keyring: Keyring
  readonly sessions: SessionStore
  readonly identity: IdentityVerifier
}

/**
 * Does what a recorded request to forget asks for: the key is destroyed first, because everything else is only of use
 * to who has it; then every session ends, the cart that was filled before is emptied, and the identity provider is told.
 * Each step may be repeated, also after the person has come back: their new key and cart stay.
 */
export const carryOut = async (
  { customerId, forgettingId, subject, position, causationId }: Forgetting,
  { eventStore, commands, keyring, sessions, identity }: CarryingOutOptions,
): Promise<void> => {
  await keyring.forget(customerId, forgettingId)
  await sessions.destroyAllOf(customerId)
  const newest = await eventStore.last(`${cart.category}-${customerId}`)
  if (newest !== undefined && newest.position < position)
    await commands.run(
      cart,
      customerId,
      { type: 'ReplaceCart', items: [] },
      context('EmptyCart', forgettingId, customerId, causationId),
    )
  if (subject !== undefined) await identity.forget?.(subject)
}

/** Every request to forget this customer, oldest first. */
export async function* forgettingsOf(
  customerId: string,
  eventStore: EventStore,
): AsyncGenerator<Forgetting, void> {
  for await (const { type, metadata, data, position, id } of eventStore.read(
    `${customer.category}-${customerId}`,
  )) {
    const event = customer.codec.decode(type, metadata.schemaVersion, data)
    if (event.type === 'CustomerForgotten') yield { ...event.data, position, causationId: id }
  }
}
