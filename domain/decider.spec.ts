import { describe, expect, it } from 'vitest'
import { alert } from './alert/aggregate.ts'
import { alertDecider } from './alert/decider.ts'
import { acknowledge, raised } from './alert/samples.ts'
import { cart } from './cart/aggregate.ts'
import { cartDecider } from './cart/decider.ts'
import { customer } from './customer/aggregate.ts'
import { customerDecider } from './customer/decider.ts'
import { product } from './catalogue/aggregate.ts'
import { impossible } from './decider.ts'
import { notification } from './notification/aggregate.ts'
import { order } from './order/aggregate.ts'
import { payment } from './payment/aggregate.ts'
import { stock } from './stock/aggregate.ts'
import { notificationDecider } from './notification/decider.ts'
import { orderDecider } from './order/decider.ts'
import { paymentDecider } from './payment/decider.ts'
import { productDecider } from './catalogue/decider.ts'
import { stockDecider } from './stock/decider.ts'
import { delist, describeProduct, list, reprice } from './catalogue/samples.ts'
import { awaitPayment, cancelOrder, failOrder, placed, renewPayment } from './order/samples.ts'
import {
  issueCode,
  lapseCode,
  orphanAttempt,
  recordCodeDeleted,
  rejectRequest,
  requested,
} from './payment/samples.ts'
import { received } from './stock/samples.ts'

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what these specs are about is not expressible otherwise
const unheard = JSON.parse('{"type":"Unheard","status":"Unheard"}') as never

describe('what the compiler rules out', () => {
  it('is reported with the value that got past it', () => {
    expect(() => impossible(unheard)).toThrow('Impossible case: {"type":"Unheard","status":"Unheard"}')
  })

  it('stops a decider rather than being passed over', () => {
    const [placedOrder, openPayment, knownStock] = [
      orderDecider.evolve(orderDecider.initial, placed),
      paymentDecider.evolve(paymentDecider.initial, requested),
      stockDecider.evolve(stockDecider.initial, received('r1', 1)),
    ]
    const attempts = [
      () => orderDecider.evolve(placedOrder, unheard),
      () => orderDecider.decide(placedOrder, unheard),
      () => paymentDecider.evolve(openPayment, unheard),
      () => paymentDecider.decide(openPayment, unheard),
      () => stockDecider.evolve(knownStock, unheard),
      () => stockDecider.decide(knownStock, unheard),
      () => productDecider.evolve({ status: 'none' }, unheard),
      () => productDecider.decide({ status: 'none' }, unheard),
      () => cartDecider.decide({ status: 'none' }, unheard),
      () => customerDecider.evolve({ status: 'none', version: 0 }, unheard),
      () => customerDecider.decide({ status: 'none', version: 0 }, unheard),
      () => alertDecider.evolve(alertDecider.evolve({ status: 'none' }, raised), unheard),
      () => alertDecider.decide(alertDecider.evolve({ status: 'none' }, raised), unheard),
    ]
    for (const attempt of attempts) expect(attempt).toThrow('Impossible case: {"type":"Unheard",')
  })

  it('stops a decider in a state it cannot be in', () => {
    const decisions: (() => unknown)[] = [
      () => alertDecider.decide(unheard, acknowledge()),
      ...[awaitPayment(1), renewPayment(1), failOrder, cancelOrder].map(
        (command) => () => orderDecider.decide(unheard, command),
      ),
      ...[issueCode, rejectRequest, recordCodeDeleted, lapseCode, orphanAttempt].map(
        (command) => () => paymentDecider.decide(unheard, command),
      ),
      ...[list, reprice(1), describeProduct, delist].map(
        (command) => () => productDecider.decide(unheard, command),
      ),
    ]
    for (const decision of decisions) expect(decision).toThrow('Impossible case: {"type":"Unheard",')
  })

  it('begins with nothing', () => {
    const beginnings = [orderDecider, paymentDecider, stockDecider, productDecider, cartDecider].map(
      ({ initial }) => initial,
    )
    expect(new Set(beginnings.map(({ status }) => status))).toStrictEqual(new Set(['none']))
    expect(notificationDecider.initial).toStrictEqual({
      status: 'recording',
      recentHashes: [],
      vouched: 0,
      strangers: 0,
    })
  })
})

describe('the place of an aggregate in the log', () => {
  it('is a category of its own, without the dash that ends it in a stream name', () => {
    const categories = [order, payment, stock, product, notification, cart, alert, customer].map(
      ({ category }) => category,
    )
    expect(categories).toStrictEqual([
      'order',
      'payment',
      'stock',
      'product',
      'notification',
      'cart',
      'alert',
      'customer',
    ])
  })
})
