import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { fold, given, inWords } from '../given.ts'
import { ProductId } from '../ids.ts'
import { money } from '../money/money.ts'
import { refundableBeforeMs } from '../payment/way-back.ts'
import { MAX_REFUNDS, type OrderCommand } from './commands.ts'
import { orderDecider } from './decider.ts'
import type { OrderEvent } from './events.ts'
import {
  cancelOrder,
  completeRefund,
  confirmPayment,
  failOrder,
  kettle,
  paid,
  partlyRefunded,
  placed,
  refunded,
  refundRejected,
  refundRequested,
  rejectRefund,
  requestRefund,
  rice,
  surplus,
  total,
} from './samples.ts'

const yen = (amountMinor: number) => money(amountMinor, 'JPY')
const order = (...events: readonly OrderEvent[]) => given(orderDecider, placed, paid(1), ...events)
const oneBag = [{ productId: rice.productId, quantity: 1 }]

describe('a refund by staff', () => {
  it('is of the amount named, or of all that is left', () => {
    order()
      .when(requestRefund('a', yen(2_980)))
      .then(refundRequested('a', yen(2_980)))
    order().when(requestRefund('a')).then(refundRequested('a', total))
    order(refundRequested('a', yen(2_980)))
      .when(requestRefund('b'))
      .then(refundRequested('b', yen(15_780)))
  })

  it('is the same one again under the same id, whoever asks and however it went', () => {
    const one = refundRequested('a', yen(2_980))
    const again = requestRefund('a', yen(2_980), { requestedBy: 'staff-2', atMs: Number.MAX_SAFE_INTEGER })
    order(one).when(again).thenUnchanged()
    order(one, refundRejected('a')).when(again).thenUnchanged()
    order(one, partlyRefunded('a', yen(2_980), yen(2_980)))
      .when(again)
      .thenUnchanged()
  })

  it('of all that is left is the same again only where it did take all', () => {
    order(refundRequested('a', total)).when(requestRefund('a')).thenUnchanged()
    order(refundRequested('a', total)).when(requestRefund('a', total)).thenUnchanged()
    order(refundRequested('a', yen(1)))
      .when(requestRefund('a'))
      .thenRefused('refund-differs')
  })

  it('is another one with any other content', () => {
    const one = order(refundRequested('a', yen(2_980), oneBag))
    const asked = { returning: oneBag }
    one.when(requestRefund('a', yen(2_980), asked)).thenUnchanged()
    one.when(requestRefund('a', yen(2_979), asked)).thenRefused('refund-differs')
    one.when(requestRefund('a', yen(2_980), { ...asked, reason: 'broken' })).thenRefused('refund-differs')
    one.when(requestRefund('a', yen(2_980))).thenRefused('refund-differs')
  })

  it('counts what is on its way as gone, and what was rejected as there', () => {
    const most = refundRequested('a', yen(18_000))
    order(most)
      .when(requestRefund('b', yen(761)))
      .thenRefused('refund-exceeds-payment')
    order(most)
      .when(requestRefund('b', yen(760)))
      .then(refundRequested('b', yen(760)))
    order(most, refundRejected('a')).when(requestRefund('b', total)).then(refundRequested('b', total))
  })

  it('is never taken from surplus money, nor from an order that was never paid', () => {
    given(orderDecider, placed, surplus('MISMATCHED', 1, yen(5)))
      .when(requestRefund('a'))
      .thenRefused('order-not-paid')
    order(surplus('DOUBLE', 2), refundRequested('a', total))
      .when(requestRefund('b', yen(1)))
      .thenRefused('nothing-left-to-refund')
  })

  it('says which payment it is taken from', () => {
    const decision = orderDecider.decide(fold(orderDecider, [placed, paid(2)]), requestRefund('a'))
    const { merchantPaymentId } = confirmPayment(2)
    expect(decision).toMatchObject({ events: [{ data: { merchantPaymentId } }] })
  })

  it(`is one of ${MAX_REFUNDS} at most, rejected ones included`, () => {
    const tries = Array.from({ length: MAX_REFUNDS }, (_, n) => [
      refundRequested(`${n}`, total),
      refundRejected(`${n}`),
    ])
    order(...tries.slice(1).flat())
      .when(requestRefund('x'))
      .then(refundRequested('x', total))
    order(...tries.flat())
      .when(requestRefund('x'))
      .thenRefused('too-many-refunds')
  })
})

describe('the end of a refund', () => {
  it('says how much has gone back in all, and ends the order with the last of it', () => {
    const first = [refundRequested('a', yen(2_980)), partlyRefunded('a', yen(2_980), yen(2_980))]
    order(refundRequested('a', yen(2_980)))
      .when(completeRefund('a'))
      .then(partlyRefunded('a', yen(2_980), yen(2_980)))
    const last = order(...first, refundRequested('b', yen(15_780)))
    last.when(completeRefund('b')).then(refunded('b', yen(15_780)))
  })

  it('does not end the order while a part that was rejected is not asked for again', () => {
    order(refundRequested('a', yen(760)), refundRequested('b', yen(18_000)), refundRejected('a'))
      .when(completeRefund('b'))
      .then(partlyRefunded('b', yen(18_000), yen(18_000)))
  })

  it('is booked once, and stays as it was booked', () => {
    const all = [refundRequested('a', total), refunded('a', total)]
    order(...all)
      .when(completeRefund('a'))
      .thenUnchanged()
    order(...all)
      .when(rejectRefund('a'))
      .thenRefused('refund-already-completed')
    const none = [refundRequested('a', total), refundRejected('a')]
    order(...none)
      .when(rejectRefund('a'))
      .thenUnchanged()
    order(...none)
      .when(completeRefund('a'))
      .thenRefused('refund-already-rejected')
  })
})

describe('an order whose total has gone back', () => {
  const back = order(refundRequested('a', total), refunded('a', total))

  it('takes no other end, and nothing more to give back', () => {
    back.when(requestRefund('b')).thenRefused('nothing-left-to-refund')
    for (const command of [failOrder, cancelOrder]) back.when(command).thenRefused('order-already-paid')
  })

  it('finds further money surplus', () => {
    back.when(confirmPayment(1)).thenUnchanged()
    back.when(confirmPayment(2)).then(surplus('DOUBLE', 2))
  })
})

const ZONE = process.env['TZ']
afterEach(() => {
  if (ZONE === undefined) delete process.env['TZ']
  else process.env['TZ'] = ZONE
})

describe.each(['UTC', 'Asia/Tokyo', 'America/New_York'])('failure mode 18: on a host in %s', (zone) => {
  it('staff are told that it is too late, one second after it was not', () => {
    process.env['TZ'] = zone
    const overMs = refundableBeforeMs(confirmPayment(1).succeededAtMs)
    expect(new Date(overMs).toISOString()).toMatch(/T15:00:00\.000Z$/)
    const state = fold(orderDecider, [placed, paid(1)])
    const at = (atMs: number) => inWords(orderDecider.decide(state, requestRefund('a', undefined, { atMs })))
    expect([at(overMs - 1_000), at(overMs)]).toEqual(['OrderRefundRequested', 'no: refund-window-over'])
  })
})

describe('returned units', () => {
  const back = (productId: ProductId, quantity: number) => ({ returning: [{ productId, quantity }] })

  it('are at most what was ordered, over all refunds that are not rejected', () => {
    const one = order(refundRequested('a', yen(1), oneBag))
    one.when(requestRefund('b', yen(1), back(rice.productId, 2))).thenRefused('return-exceeds-order')
    one.when(requestRefund('b', yen(1), { returning: oneBag })).then(refundRequested('b', yen(1), oneBag))
    order(refundRequested('a', yen(1), oneBag), refundRejected('a'))
      .when(requestRefund('b', yen(1), back(rice.productId, 2)))
      .then(refundRequested('b', yen(1), back(rice.productId, 2).returning))
  })

  it('are whole units of what was ordered, each product once', () => {
    const [bag] = oneBag
    for (const returning of [
      back(ProductId.parse('tea'), 1).returning,
      back(rice.productId, 0).returning,
      back(rice.productId, 0.5).returning,
      back(rice.productId, -1).returning,
      bag === undefined ? [] : [bag, bag],
    ])
      order()
        .when(requestRefund('a', yen(1), { returning }))
        .thenRefused('return-exceeds-order')
  })
})

/** The refunds of one order as a child would keep them: a list, summed anew each time. */
const ledger = () => {
  const asked: { name: string; key: string; yen: number; bags: number; is: 'open' | 'done' | 'no' }[] = []
  const held = (of: 'yen' | 'bags') =>
    asked.reduce((sum, refund) => sum + (refund.is === 'no' ? 0 : refund[of]), 0)
  const apply = (name: string, what: 'done' | 'no' | { yen: number; bags: number }): string => {
    const known = asked.find((refund) => refund.name === name)
    if (typeof what === 'string') {
      if (known === undefined) return 'no: unknown-refund'
      if (known.is !== 'open')
        return known.is === what
          ? 'unchanged'
          : `no: refund-already-${known.is === 'done' ? 'completed' : 'rejected'}`
      known.is = what
      if (what === 'no') return 'OrderRefundRejected'
      const back = asked.reduce((sum, { is, yen }) => sum + (is === 'done' ? yen : 0), 0)
      return back === total.amountMinor ? 'OrderRefunded' : 'OrderPartlyRefunded'
    }
    const key = JSON.stringify(what)
    if (known !== undefined) return known.key === key ? 'unchanged' : 'no: refund-differs'
    if (held('yen') === total.amountMinor) return 'no: nothing-left-to-refund'
    if (what.yen < 1) return 'no: refund-amount-out-of-range'
    if (held('yen') + what.yen > total.amountMinor) return 'no: refund-exceeds-payment'
    if (held('bags') + what.bags > rice.quantity) return 'no: return-exceeds-order'
    asked.push({ name, key, ...what, is: 'open' })
    return 'OrderRefundRequested'
  }
  return { apply, held }
}

describe('the refunds of an order, whatever happens to them', () => {
  const step = fc.tuple(
    fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    fc.oneof(
      fc.record({
        yen: fc.constantFrom(0, 1, 760, 9_380, 18_000, 18_760),
        bags: fc.integer({ min: 0, max: 2 }),
      }),
      fc.constantFrom<('done' | 'no')[]>('done', 'no'),
    ),
  )
  const commandOf = ([name, what]: readonly [string, 'done' | 'no' | { yen: number; bags: number }]) => {
    if (what === 'done') return completeRefund(name)
    if (what === 'no') return rejectRefund(name)
    const returning = what.bags === 0 ? [] : [{ productId: rice.productId, quantity: what.bags }]
    return requestRefund(name, yen(what.yen), { returning })
  }

  it('agree with a plain list in every answer, and never come to more than was paid or bought', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const model = ledger()
        let state = fold(orderDecider, [placed, paid(1)])
        for (const one of steps) {
          const command: OrderCommand = commandOf(one)
          const decision = orderDecider.decide(state, command)
          expect(inWords(decision)).toBe(model.apply(...one))
          if (decision.kind === 'accepted') state = decision.events.reduce(orderDecider.evolve, state)
          expect(model.held('yen')).toBeLessThanOrEqual(total.amountMinor)
          expect(model.held('bags')).toBeLessThanOrEqual(rice.quantity)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('of a product that is not in them leave it alone', () => {
    const bought = order(refundRequested('a', yen(1), [{ productId: kettle.productId, quantity: 1 }]))
    bought.when(requestRefund('b', yen(1), { returning: oneBag })).then(refundRequested('b', yen(1), oneBag))
  })
})
