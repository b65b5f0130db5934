import { merchantPaymentIdOf, OrderId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { reachEventStore } from '../roles/reach-event-store.ts'

/**
 * Somebody else who writes to the shop's log, past the shop: a script run by hand, another build. What the shop itself
 * can never do wrong is shown to be noticed all the same.
 */
export interface ForeignHand {
  /** Says that an order is paid, although nobody took any money. */
  readonly payUnseen: (orderId: string, amountMinor: number) => Promise<void>
  /** Leaves something in the checkout's own notes that it cannot read, so that it sets this order aside. */
  readonly holdCheckout: (orderId: string) => Promise<void>
  readonly close: () => Promise<void>
}

const ACTOR = 'system:demo'

/** Reaches into the log of the shop that runs on this data directory. */
export const foreignHand = async (dataDir: string): Promise<ForeignHand> => {
  const { url, close } = await reachEventStore({ KESSAI_DATA: dataDir })
  const store = connectEventStore({ connectionString: url, clock: systemClock })
  const commands = commandRunner({ store, clock: systemClock, random: Math.random })
  return {
    payUnseen: async (id, amountMinor) => {
      const orderId = OrderId.parse(id)
      const atMs = systemClock.nowMs()
      const commandId = crypto.randomUUID()
      const { kind } = await commands.run(
        order,
        orderId,
        {
          type: 'ConfirmPayment',
          merchantPaymentId: merchantPaymentIdOf(orderId, 1),
          paymentId: '04137808670405270001',
          amount: money(amountMinor, 'JPY'),
          succeededAtMs: atMs,
          atMs,
        },
        { commandId, correlationId: orderId, causationId: commandId, actor: ACTOR },
      )
      if (kind !== 'accepted') throw new Error(`Order ${id} did not take it: ${kind}`)
    },
    holdCheckout: async (orderId) => {
      const stream = `checkout-${orderId}`
      const commandId = crypto.randomUUID()
      const append = async (): Promise<boolean> => {
        const last = await store.last(stream)
        const { kind } = await store.append(
          stream,
          [
            {
              id: crypto.randomUUID(),
              type: 'WrittenByHand',
              data: {},
              metadata: {
                commandId,
                correlationId: orderId,
                causationId: commandId,
                actor: ACTOR,
                schemaVersion: 1,
              },
            },
          ],
          last?.revision ?? 'no-stream',
        )
        return kind === 'appended'
      }
      for (let tries = 0; tries < MOST_TRIES; tries += 1) if (await append()) return
      throw new Error(`${stream} kept changing`)
    },
    close: async () => {
      await store.close()
      await close()
    },
  }
}

const MOST_TRIES = 10
