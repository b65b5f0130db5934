import type { ForeignHand } from './foreign-hand.ts'
import type { Buyer } from './shop-client.ts'

/** What a flow acts on. */
export interface Stage {
  readonly shopUrl: string
  readonly buyer: Buyer
  /** An operator of the shop. */
  readonly staff: Buyer
  readonly simulate: (path: string, body: unknown) => Promise<unknown>
  /** A product with at least this many units available. */
  readonly productWith: (units: number) => Promise<{ readonly productId: string; readonly available: number }>
  readonly available: (productId: string) => Promise<number>
  /** Waits a bounded time until this many units are free again. */
  readonly released: (productId: string, units: number) => Promise<void>
  /** The path of the webhook, as the simulator calls it. */
  readonly webhookUrl: string
  /** Whether PayPay announces anything. Where it does not, all that a flow says must come about by asking. */
  readonly webhooks: boolean
  /** How long a payment may take to be booked; where there are no webhooks, as long as asking takes. */
  readonly paidWithinMs: number
  /** How long it may take when nothing is announced and the shop finds out by asking. */
  readonly askedWithinMs: number
  /** Writes to the log past the shop; only where the flow has a shop of its own. */
  readonly foreignHand?: ForeignHand
  /** What became of an attempt's webhooks, in the simulator's words. */
  readonly deliveriesOf: (merchantPaymentId: string) => Promise<readonly string[]>
}

/** One story with a checked ending. It throws when the shop did not keep its word. */
export interface Flow {
  readonly name: string
  readonly tells: string
  /** Needs a shop whose codes and payment windows last seconds, not minutes. */
  readonly quick?: true
  /** Needs a quick shop of its own that tells of disagreements within seconds, and whose log a foreign hand can reach. */
  readonly alerting?: true
  readonly play: (stage: Stage) => Promise<string>
}

/** A shop that runs with these has codes of three seconds and a payment window of eight. */
export const QUICK_SHOP = { PAYPAY_CODE_LIFE_MS: '3000', PAYMENT_WINDOW_MS: '8000' } as const

/** A quick shop that looks twice a second, and tells after a second and a half what usually takes half a minute. */
export const ALERTING_SHOP = {
  ...QUICK_SHOP,
  ALERT_CHECK_EVERY_MS: '500',
  ALERT_UNPAID_SUCCESS_AFTER_MS: '1500',
  ALERT_UNFUNDED_ORDER_AFTER_MS: '1500',
} as const

export const check: (condition: boolean, message: string) => asserts condition = (condition, message) => {
  if (!condition) throw new Error(message)
}

export const isEnded = ({ status }: { readonly status: string }): boolean =>
  status !== 'PENDING' && status !== 'WAITING_PAYMENT'
