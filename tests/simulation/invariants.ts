import { cart } from '#domain/cart/aggregate.ts'
import { customer } from '#domain/customer/aggregate.ts'
import { notification } from '#domain/notification/aggregate.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import { providerStanding } from '#processmanagers/alerting/credentials.ts'
import { checkoutPlan } from '#processmanagers/checkout/plan.ts'
import { parking } from '#processmanagers/parking/parking.ts'
import { watch } from '#processmanagers/payment-confirmation/watch.ts'
import { idIn } from '#projections/events.ts'
import { invariants } from '#projections/invariants/invariants.ts'
import { SIMULATED_THRESHOLDS } from './alerts-in-time.ts'
import { isEnded, type OrderViews } from './order-views.ts'
import type { Truth } from './truth.ts'
import type { Violation } from './violation.ts'

type Found = (violation: Omit<Violation, 'atMs'>) => void

/** All rules of a run: those that any log is held against, those that know the truth, and those about time. */
export interface Rules {
  /** Told of every event once, as soon as it is in the log. */
  readonly see: (event: RecordedEvent) => void
  /** I7: one key, one order; and what was answered is in the log. */
  readonly placed: (customer: string, key: string, orderId: string) => void
  /** I12: this payment must have been judged by now. */
  readonly mustBeJudged: (orderId: string, merchantPaymentId: string) => void
  /** I12: nothing may be open any more. */
  readonly mustHaveEnded: () => void
  /** Nothing may be owed any more. */
  readonly settle: (nowMs: number) => void
}

const OTHERS = [cart, customer, notification, checkoutPlan, watch, parking, providerStanding] as const

export const rulesOf = (truth: Truth, views: OrderViews, found: Found, isAlerted: boolean): Rules => {
  const ofTheLog = invariants(
    OTHERS.map(({ codec }) => codec),
    SIMULATED_THRESHOLDS,
  )
  const orders = new Map<string, string>()

  return {
    see: (event) => {
      for (const { rule, message, orderId, stream = '', facts } of ofTheLog.see(event)) {
        if (rule === 'I1' && truth.wasLiedAbout(idIn(stream))) continue
        found({ rule, message, facts, ...(orderId === undefined ? {} : { orderId }) })
      }
      truth.see(event)
      if (event.type === 'WorkParked')
        found({
          rule: 'parked',
          message: `A step kept failing: ${JSON.stringify(event.data)}`,
          orderId: event.metadata.correlationId,
          facts: { stream: event.stream },
        })
    },
    placed: (customer, key, orderId) => {
      if (views.of(orderId) === undefined)
        found({
          rule: 'I7',
          message: 'An order was answered that is not in the log',
          orderId,
          facts: { key },
        })
      const name = `${customer} ${key}`
      const before = orders.get(name) ?? orderId
      orders.set(name, orderId)
      if (before !== orderId)
        found({ rule: 'I7', message: 'One key was answered with two orders', orderId, facts: { before } })
    },
    mustBeJudged: (orderId, merchantPaymentId) => {
      if (views.of(orderId)?.judged.has(merchantPaymentId) !== true)
        found({
          rule: 'I12',
          message: 'A payment was not noticed within a minute',
          orderId,
          facts: { merchantPaymentId },
        })
    },
    mustHaveEnded: () => {
      for (const view of views.all())
        if (!isEnded(view))
          found({
            rule: 'I12',
            message: 'An order is open long after its window',
            orderId: view.orderId,
            facts: { status: view.status },
          })
    },
    settle: (nowMs) => {
      truth.settle()
      // One order tells more than the sum over all.
      const open = [...ofTheLog.open(nowMs)].sort(
        (a, b) => Number(a.orderId === undefined) - Number(b.orderId === undefined),
      )
      for (const { rule, message, orderId, stream, facts } of open) {
        const id = idIn(stream ?? '')
        // Money that the provider refuses to give back, or speaks of falsely, is for people, who have been told.
        if (rule === 'I3' && truth.isForPeople(id)) continue
        if (rule === 'I1' && truth.liesWereTold()) continue
        if (rule === 'I13' && !isAlerted) continue
        found({ rule, message, facts, ...(orderId === undefined ? {} : { orderId }) })
      }
    },
  }
}
