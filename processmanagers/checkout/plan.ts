import { z } from 'zod'
import type { Event } from '#domain/event.ts'
import { defineCodec } from '#domain/codec.ts'
import { accepted, impossible, refused, unchanged, type Aggregate } from '#domain/decider.ts'
import { CustomerId, OrderId, ProductId } from '#domain/ids.ts'
import { Money } from '#domain/money/money.ts'

/** Checkout took up an order. Written once, from OrderPlaced, so that every later step needs no other stream. */
const CheckoutStarted = z.object({
  orderId: OrderId,
  /** In productId order: all checkouts reserve in the same order. */
  lines: z.array(z.object({ productId: ProductId, quantity: z.int().positive() })).min(1),
  amount: Money,
  /** Whose wallet the order is paid from; by PayPay when absent. */
  account: CustomerId.optional(),
  windowEndsAtMs: z.int(),
  /** The OrderPlaced event, as the cause of steps that an alarm takes. */
  placedEventId: z.string(),
  atMs: z.int(),
})

/** A line could not be reserved, so there will be no payment. Written before anything is undone, so that a repeat cannot reserve again. */
const CheckoutShortageMet = z.object({ productId: ProductId, atMs: z.int() })

/** From now on this attempt is the one to be paid. Written when the buyer wants a fresh code or an attempt is orphaned; the first attempt needs no choice. */
const CheckoutAttemptChosen = z.object({
  attempt: z.int().min(2),
  because: z.enum(['renewal', 'orphaned']),
  atMs: z.int(),
})

/** Stock follows the order's decision and nothing more is owed but to close codes. Written once. */
const CheckoutEnded = z.object({ outcome: z.enum(['PAID', 'FAILED', 'CANCELLED']), atMs: z.int() })

type CheckoutEvent =
  | Event<'CheckoutStarted', typeof CheckoutStarted>
  | Event<'CheckoutShortageMet', typeof CheckoutShortageMet>
  | Event<'CheckoutAttemptChosen', typeof CheckoutAttemptChosen>
  | Event<'CheckoutEnded', typeof CheckoutEnded>

export type Plan = z.infer<typeof CheckoutStarted>
export type Ending = z.infer<typeof CheckoutEnded>['outcome']

type CheckoutCommand =
  | ({ readonly type: 'StartCheckout' } & Plan)
  | { readonly type: 'MeetShortage'; readonly productId: ProductId; readonly atMs: number }
  | {
      readonly type: 'ChooseAttempt'
      readonly attempt: number
      readonly because: 'renewal' | 'orphaned'
      readonly atMs: number
    }
  | { readonly type: 'EndCheckout'; readonly outcome: Ending; readonly atMs: number }

/** `not-started`: nothing is known of this order yet. */
type CheckoutRefusal = 'not-started'

export type CheckoutState =
  | { readonly status: 'none' }
  | { readonly status: 'open'; readonly plan: Plan; readonly attempt: number; readonly shortage?: ProductId }
  | { readonly status: 'ended'; readonly plan: Plan; readonly attempt: number; readonly outcome: Ending }

/** Streams `checkout-{orderId}`: only what could not be told from the order, stock and payment streams. */
export const checkoutPlan: Aggregate<CheckoutState, CheckoutCommand, CheckoutEvent, CheckoutRefusal> = {
  category: 'checkout',
  codec: defineCodec<CheckoutEvent>({
    // The first version knew PayPay alone.
    CheckoutStarted: { version: 2, data: CheckoutStarted, upcast: { 1: (data) => data } },
    CheckoutShortageMet: { version: 1, data: CheckoutShortageMet },
    CheckoutAttemptChosen: { version: 1, data: CheckoutAttemptChosen },
    CheckoutEnded: { version: 1, data: CheckoutEnded },
  }),
  decider: {
    initial: { status: 'none' },
    evolve: (state, event) => {
      if (event.type === 'CheckoutStarted') return { status: 'open', plan: event.data, attempt: 1 }
      if (state.status === 'none') return state
      switch (event.type) {
        case 'CheckoutShortageMet':
          return state.status === 'open' ? { ...state, shortage: event.data.productId } : state
        case 'CheckoutAttemptChosen':
          return { ...state, attempt: event.data.attempt }
        case 'CheckoutEnded':
          return { status: 'ended', plan: state.plan, attempt: state.attempt, outcome: event.data.outcome }
        default:
          return impossible(event)
      }
    },
    decide: (state, command) => {
      if (command.type === 'StartCheckout') {
        const { type: _, ...plan } = command
        return state.status === 'none' ? accepted({ type: 'CheckoutStarted', data: plan }) : unchanged
      }
      if (state.status === 'none') return refused('not-started')
      if (state.status === 'ended') return unchanged
      const { atMs } = command
      switch (command.type) {
        case 'MeetShortage':
          if (state.shortage !== undefined) return unchanged
          return accepted({ type: 'CheckoutShortageMet', data: { productId: command.productId, atMs } })
        case 'ChooseAttempt':
          if (command.attempt <= state.attempt) return unchanged
          return accepted({
            type: 'CheckoutAttemptChosen',
            data: { attempt: command.attempt, because: command.because, atMs },
          })
        case 'EndCheckout':
          return accepted({ type: 'CheckoutEnded', data: { outcome: command.outcome, atMs } })
        default:
          return impossible(command)
      }
    },
  },
}
