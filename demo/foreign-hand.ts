import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/**
 * Somebody else who writes to the shop's log, past the shop: a script run by hand, another build. What the shop itself
 * can never do wrong is shown to be noticed all the same.
 */
export interface ForeignHand {
  /** Says that an order is paid by this attempt, although nobody took any money. */
  readonly payUnseen: (
    orderId: string,
    attempt: { readonly merchantPaymentId: string; readonly amountMinor: number },
  ) => Promise<void>
  /** Leaves something in the checkout's own notes that it cannot read, so that it sets this order aside. */
  readonly holdCheckout: (orderId: string) => Promise<void>
  readonly close: () => Promise<void>
}

/** Where a shop that brings its own event store leaves word of it. */
const Address = z.object({ url: z.string() })

/** Reaches into the log of the shop that runs on this data directory. */
export const foreignHand = async (dataDir: string): Promise<ForeignHand> => {
  const { url } = Address.parse(JSON.parse(await readFile(join(dataDir, 'event-store.json'), 'utf8')))
  const client = EventStoreDBClient.connectionString(url)
  const append = async (stream: string, orderId: string, type: string, data: object): Promise<void> => {
    const id = crypto.randomUUID()
    const metadata = {
      $correlationId: orderId,
      $causationId: id,
      commandId: id,
      actor: 'system:demo',
      schemaVersion: 1,
    }
    await client.appendToStream(stream, [jsonEvent({ id, type, data: { ...data }, metadata })])
  }
  return {
    payUnseen: async (orderId, { merchantPaymentId, amountMinor }) => {
      const atMs = Date.now()
      await append(`order-${orderId}`, orderId, 'OrderPaid', {
        merchantPaymentId,
        paymentId: '04137808670405270001',
        amount: { amountMinor, currency: 'JPY' },
        succeededAtMs: atMs,
        atMs,
      })
    },
    holdCheckout: (orderId) => append(`checkout-${orderId}`, orderId, 'WrittenByHand', {}),
    close: () => client.dispose(),
  }
}
