import type { Attempt } from '#embedded/paypay/attempt.ts'
import { corrupt, notificationOf } from '#embedded/paypay/notification.ts'
import type { Announcement } from '#embedded/paypay/transitions.ts'
import type { FaultPlan } from './fault-plan.ts'
import type { Instance } from './instance.ts'
import type { Randomness } from './randomness.ts'
import type { Scheduler } from './scheduler.ts'
import type { Saw } from './sights.ts'

export interface WebhooksOptions {
  readonly scheduler: Scheduler
  readonly random: Randomness
  readonly faults: () => FaultPlan['webhooks']
  /** Any instance that is up: there is a load balancer before them. */
  readonly anyInstance: () => Instance | undefined
  /** Whether the shop has the code of this attempt on record. */
  readonly isIssued: (merchantPaymentId: string) => boolean
  readonly saw: Saw
}

export interface Webhooks {
  readonly announce: (attempt: Attempt, state: Announcement) => void
  /** Somebody who is not the provider claims a success. */
  readonly forge: (merchantPaymentId: string, amountMinor: number) => void
}

const MERCHANT = 'merchant'
/** Of the documented profiles the one with the shortest patience: three more tries, 100 ms apart. */
const TRIES = 4
const BETWEEN_TRIES_MS = 100
const PATIENCE_MS = 2_000
const LATEST_MS = 72 * 60 * 60_000
const DAY_MS = 24 * 60 * 60_000
const PROVIDERS_ADDRESS = '192.0.2.1'
const ANOTHER_ADDRESS = '203.0.113.9'

const CORRUPTIONS = [
  'truncated',
  'not-json',
  'bad-utf8',
  'duplicate-keys',
  'number-amount',
  'wrong-amount',
  'wrong-amount',
  'utc-times',
  'missing-state',
  'unknown-state',
  'unknown-type',
  'empty-merchant-order-id',
  'extra-fields',
] as const

/** The provider's deliveries: unsigned, lossy, in any order. */
export const webhooks = (options: WebhooksOptions): Webhooks => {
  const { scheduler, random, faults, anyInstance, isIssued, saw } = options
  let announced = 0
  let newest = 0

  const deliver = async (body: Buffer, sourceAddress: string): Promise<void> => {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const instance = anyInstance()
      if (instance !== undefined) {
        const isTaken = await Promise.race([
          instance.deliver(body, { sourceAddress, trusted: sourceAddress === PROVIDERS_ADDRESS }).then(
            () => true,
            () => false,
          ),
          scheduler.sleep(PATIENCE_MS).then(() => false),
        ])
        if (isTaken) return
        if (attempt === 1) saw('webhook: not taken at the first try')
      }
      await scheduler.sleep(BETWEEN_TRIES_MS)
    }
  }

  /** What is true of a delivery at the moment it arrives. */
  const arriving = (merchantPaymentId: string, nth: number, sentAtMs: number): void => {
    if (scheduler.nowMs() - sentAtMs > DAY_MS) saw('webhook: more than a day late')
    if (!isIssued(merchantPaymentId)) saw('webhook: before the create answer')
    if (nth < newest) saw('webhook: out of order')
    newest = Math.max(newest, nth)
  }

  const send = ({ merchantPaymentId }: Attempt, body: Buffer): void => {
    const { lost, doubled, late, corrupt: corrupted } = faults()
    if (random.chance(lost)) return saw('webhook: lost')
    const copies = random.chance(doubled) ? random.between(2, 4) : 1
    if (copies > 1) saw('webhook: several times')
    const corruption = random.chance(corrupted) ? random.pick(CORRUPTIONS) : undefined
    if (corruption !== undefined)
      saw(corruption === 'wrong-amount' ? 'webhook: wrong amount' : 'webhook: malformed')
    const sent = corruption === undefined ? body : corrupt(body, corruption)
    const nth = (announced += 1)
    const sentAtMs = scheduler.nowMs()
    const delayMs = (): number => {
      if (random.chance(late)) return random.between(10_000, random.chance(0.4) ? LATEST_MS : 1_800_000)
      // Paid so soon that the create call has no answer yet: then its announcement may be the first we hear of it.
      if (!isIssued(merchantPaymentId) && random.chance(0.7)) return random.between(0, 5)
      return random.between(5, random.chance(0.2) ? 30 : 3_000)
    }
    for (let copy = 0; copy < copies; copy += 1)
      scheduler.after(delayMs(), () => {
        arriving(merchantPaymentId, nth, sentAtMs)
        void deliver(sent, PROVIDERS_ADDRESS)
      })
  }

  return {
    announce: (attempt, state) => {
      send(attempt, notificationOf(attempt, state, scheduler.nowMs(), MERCHANT).body)
    },
    forge: (merchantPaymentId, amountMinor) => {
      saw('webhook: forged')
      const body = {
        notification_type: 'Transaction',
        merchant_order_id: merchantPaymentId,
        order_id: '04130000000000000000',
        order_amount: String(amountMinor),
        merchant_id: MERCHANT,
        state: 'COMPLETED',
      }
      void deliver(Buffer.from(JSON.stringify(body)), ANOTHER_ADDRESS)
    },
  }
}
