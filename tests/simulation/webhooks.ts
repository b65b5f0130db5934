import type { Attempt } from '#embedded/paypay/attempt.ts'
import { corrupt, notificationOf } from '#embedded/paypay/notification.ts'
import type { Announcement } from '#embedded/paypay/transitions.ts'
import type { FaultPlan } from './fault-plan.ts'
import type { Instance } from './instance.ts'
import type { Randomness } from './randomness.ts'
import type { Scheduler } from './scheduler.ts'

export interface WebhooksOptions {
  readonly scheduler: Scheduler
  readonly random: Randomness
  readonly faults: () => FaultPlan['webhooks']
  /** Any instance that is up: there is a load balancer before them. */
  readonly anyInstance: () => Instance | undefined
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

const CORRUPTIONS = [
  'truncated',
  'not-json',
  'bad-utf8',
  'duplicate-keys',
  'number-amount',
  'wrong-amount',
  'utc-times',
  'missing-state',
  'unknown-state',
  'unknown-type',
  'empty-merchant-order-id',
  'extra-fields',
] as const

/** The provider's deliveries: unsigned, lossy, in any order. */
export const webhooks = ({ scheduler, random, faults, anyInstance }: WebhooksOptions): Webhooks => {
  const deliver = async (body: Buffer): Promise<void> => {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const instance = anyInstance()
      if (instance !== undefined) {
        const isTaken = await Promise.race([
          instance.deliver(body).then(
            () => true,
            () => false,
          ),
          scheduler.sleep(PATIENCE_MS).then(() => false),
        ])
        if (isTaken) return
      }
      await scheduler.sleep(BETWEEN_TRIES_MS)
    }
  }

  const send = (body: Buffer): void => {
    const { lost, doubled, late, corrupt: corrupted } = faults()
    if (random.chance(lost)) return
    const copies = random.chance(doubled) ? random.between(2, 4) : 1
    const sent = random.chance(corrupted) ? corrupt(body, random.pick(CORRUPTIONS)) : body
    for (let copy = 0; copy < copies; copy += 1)
      scheduler.after(
        random.chance(late)
          ? random.between(10_000, random.chance(0.2) ? LATEST_MS : 1_800_000)
          : random.between(5, 3_000),
        () => {
          void deliver(sent)
        },
      )
  }

  return {
    announce: (attempt, state) => {
      send(notificationOf(attempt, state, scheduler.nowMs(), MERCHANT).body)
    },
    forge: (merchantPaymentId, amountMinor) => {
      const body = {
        notification_type: 'Transaction',
        merchant_order_id: merchantPaymentId,
        order_id: '04130000000000000000',
        order_amount: String(amountMinor),
        merchant_id: MERCHANT,
        state: 'COMPLETED',
      }
      void deliver(Buffer.from(JSON.stringify(body)))
    },
  }
}
