import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  expectAnyEventsFold,
  expectEventsSurviveTheLog,
  expectTwiceIsOnce,
  overRandomHistories,
} from '../laws.ts'
import { money, type Money } from '../money/money.ts'
import { orderCodec } from './codec.ts'
import type { OrderCommand } from './commands.ts'
import { isPaid, orderDecider, type OrderState } from './decider.ts'
import {
  awaiting,
  awaitPayment,
  cancelled,
  cancelOrder,
  completeRefund,
  confirmPayment,
  failed,
  failOrder,
  kettle,
  paid,
  partlyRefunded,
  placed,
  placeOrder,
  refunded,
  refundRejected,
  refundRequested,
  rejectRefund,
  renewing,
  renewPayment,
  requestRefund,
  rice,
  surplus,
  total,
  WINDOW_ENDS_AT_MS,
} from './samples.ts'

const attempt = fc.integer({ min: 1, max: 4 })
const name = fc.constantFrom('a', 'b', 'c', 'd')
const yen = fc.constantFrom(undefined, 0, 1, 2_980, 9_380, 18_760, 18_761)
const lines = fc.constantFrom(
  [],
  [{ productId: rice.productId, quantity: 1 }],
  [
    { productId: rice.productId, quantity: 2 },
    { productId: kettle.productId, quantity: 1 },
  ],
)
const refundCommand: fc.Arbitrary<OrderCommand> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(name, yen, lines, fc.constantFrom('staff-1', 'staff-2'))
      .map(([name, yen, returning, requestedBy]) =>
        requestRefund(name, yen === undefined ? undefined : money(yen, 'JPY'), { returning, requestedBy }),
      ),
  },
  { weight: 2, arbitrary: name.map(completeRefund) },
  { weight: 1, arbitrary: name.map(rejectRefund) },
)
const command: fc.Arbitrary<OrderCommand> = fc.oneof(
  { weight: 6, arbitrary: refundCommand },
  {
    weight: 3,
    arbitrary: fc.constantFrom('hash-1', 'hash-2').map((requestHash) => ({ ...placeOrder, requestHash })),
  },
  { weight: 3, arbitrary: attempt.map(awaitPayment) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(attempt, fc.integer({ min: WINDOW_ENDS_AT_MS - 2, max: WINDOW_ENDS_AT_MS + 1 }))
      .map(([insteadOf, atMs]) => renewPayment(insteadOf, atMs)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(attempt, fc.constantFrom(total, total, money(1, 'JPY')))
      .map(([n, amount]) => confirmPayment(n, amount)),
  },
  { weight: 1, arbitrary: fc.constantFrom<OrderCommand[]>(failOrder, cancelOrder) },
)

const hasEnded = ({ status }: OrderState) =>
  status === 'FAILED' || status === 'CANCELLED' || status === 'REFUNDED'

describe('an order, whatever happens to it', () => {
  it('decides a command that comes twice only once', () => {
    expectTwiceIsOnce(orderDecider, command)
  })

  it('writes only events that can be read back', () => {
    expectEventsSurviveTheLog(orderDecider, orderCodec, command)
  })

  it('folds any events', () => {
    const one = [awaiting(1), renewing(2), paid(1), surplus('LATE', 2), failed, cancelled]
    const refunds = [
      refundRequested('a', money(5, 'USD')),
      refundRequested('b', total),
      partlyRefunded('a', money(5, 'JPY'), money(5, 'JPY')),
      refunded('b', total),
      refundRejected('a'),
    ]
    expectAnyEventsFold(orderDecider, [placed, ...one, ...refunds])
  })

  it('never leaves an end it has reached', () => {
    overRandomHistories(orderDecider, command, ({ before, after, events }) => {
      if (!hasEnded(before)) return
      expect(after.status).toBe(before.status)
      for (const { type } of events) expect(type).toBe('SurplusPaymentRecorded')
    })
  })

  it('once paid is only ever given back', () => {
    overRandomHistories(orderDecider, command, ({ before, after }) => {
      if (before.status === 'PAID') expect(after.status).toMatch(/^(PAID|REFUNDED)$/)
    })
  })

  it('is paid at most once, in full, and judges each attempt once', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        let state = orderDecider.initial
        const judged: string[] = []
        const payments: Money[] = []
        for (const command of commands) {
          const decision = orderDecider.decide(state, command)
          if (decision.kind !== 'accepted') continue
          for (const event of decision.events) {
            state = orderDecider.evolve(state, event)
            if (event.type === 'OrderPaid') payments.push(event.data.amount)
            if (event.type === 'OrderPaid' || event.type === 'SurplusPaymentRecorded')
              judged.push(event.data.merchantPaymentId)
          }
        }
        expect(payments).toStrictEqual(isPaid(state) ? [total] : [])
        expect(new Set(judged).size).toBe(judged.length)
      }),
    )
  })
})
