import { z } from 'zod'
import type { Event } from '#domain/event.ts'
import { defineCodec } from '#domain/codec.ts'
import { accepted, impossible, refused, unchanged, type Aggregate } from '#domain/decider.ts'
import { MerchantPaymentId, OrderId } from '#domain/ids.ts'

/** Confirmation took up an attempt. Written once, from PaymentRequested: from here on the provider is asked about it. */
const ConfirmationOpened = z.object({
  merchantPaymentId: MerchantPaymentId,
  orderId: OrderId,
  windowEndsAtMs: z.int(),
  /** The PaymentRequested event, as the cause of what an alarm leads to. */
  requestedEventId: z.string(),
  atMs: z.int(),
})

/** The attempt has ended, or a day passed in which the provider knew of no payment. Written once. A webhook may still lead to a question. */
const ConfirmationClosed = z.object({
  reason: z.enum(['succeeded', 'failed', 'never-paid']),
  atMs: z.int(),
})

type WatchEvent =
  | Event<'ConfirmationOpened', typeof ConfirmationOpened>
  | Event<'ConfirmationClosed', typeof ConfirmationClosed>

export type Watched = z.infer<typeof ConfirmationOpened>

type WatchCommand =
  | ({ readonly type: 'OpenConfirmation' } & Watched)
  | {
      readonly type: 'CloseConfirmation'
      readonly reason: z.infer<typeof ConfirmationClosed>['reason']
      readonly atMs: number
    }

/** `not-opened`: nothing is known of this attempt yet. */
type WatchRefusal = 'not-opened'

export type WatchState =
  | { readonly status: 'none' }
  | { readonly status: 'open'; readonly watched: Watched }
  | { readonly status: 'closed'; readonly watched: Watched }

/** Streams `confirmation-{merchantPaymentId}`: for how long the provider is asked about an attempt. */
export const watch: Aggregate<WatchState, WatchCommand, WatchEvent, WatchRefusal> = {
  category: 'confirmation',
  codec: defineCodec<WatchEvent>({
    ConfirmationOpened: { version: 1, data: ConfirmationOpened },
    ConfirmationClosed: { version: 1, data: ConfirmationClosed },
  }),
  decider: {
    initial: { status: 'none' },
    evolve: (state, event) => {
      switch (event.type) {
        case 'ConfirmationOpened':
          return { status: 'open', watched: event.data }
        case 'ConfirmationClosed':
          return state.status === 'none' ? state : { status: 'closed', watched: state.watched }
        default:
          return impossible(event)
      }
    },
    decide: (state, command) => {
      switch (command.type) {
        case 'OpenConfirmation': {
          const { type: _, ...watched } = command
          return state.status === 'none' ? accepted({ type: 'ConfirmationOpened', data: watched }) : unchanged
        }
        case 'CloseConfirmation':
          if (state.status === 'none') return refused('not-opened')
          if (state.status === 'closed') return unchanged
          return accepted({
            type: 'ConfirmationClosed',
            data: { reason: command.reason, atMs: command.atMs },
          })
        default:
          return impossible(command)
      }
    },
  },
}
