import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, type OrderId } from '#domain/ids.ts'
import type { Ladder } from '../payment-confirmation/ladder.ts'
import { processBench, type BenchOptions, type ProcessBench } from '../testing.ts'

const DAY_MS = 86_400_000
/** Asks about nothing while a spec lasts. */
const lazyLadder: Ladder = {
  firstAskMs: DAY_MS,
  nextAskMs: () => DAY_MS,
  watchMs: DAY_MS,
  lapseGraceMs: 1_000,
}

describe('checkout', () => {
  let bench: ProcessBench
  beforeEach(async () => {
    bench = await processBench({ ladder: lazyLadder, simulator: { knobs: { refundSettleMs: 0 } } })
    await bench.receive('cup', 10)
    bench.start()
  })
  afterEach(async () => {
    await bench.close()
  })

  it('reserves, asks for payment, and sells once the provider holds the money', async () => {
    const orderId = await bench.place(['cup'], 2)
    await bench.orderIs(orderId, 'WAITING_PAYMENT')
    expect(await bench.stockOf('cup')).toEqual({ available: 8, reserved: 2, sold: 0 })

    await bench.pay(orderId)
    await bench.confirmations.ask(merchantPaymentIdOf(orderId, 1), 'return')
    await bench.orderIs(orderId, 'PAID')
    await bench.until('stock is sold', async () => (await bench.stockOf('cup')).sold === 2)

    expect(await bench.stockOf('cup')).toEqual({ available: 8, reserved: 0, sold: 2 })
    expect(await bench.typesOf(`order-${orderId}`)).toEqual([
      'OrderPlaced',
      'OrderAwaitingPayment',
      'OrderPaid',
    ])
    expect(await bench.typesOf(`payment-${merchantPaymentIdOf(orderId, 1)}`)).toEqual([
      'PaymentRequested',
      'PaymentCodeIssued',
      'PaymentObserved',
      'PaymentSucceeded',
    ])
  })

  it('fails an order for one short line, gives the other line back, and never asks for payment', async () => {
    await bench.receive('pot', 1)
    const orderId = await bench.place(['cup', 'pot'], 2)

    const state = await bench.orderIs(orderId, 'FAILED')
    expect(state).toMatchObject({ reason: 'INVENTORY_SHORTAGE' })
    await bench.until('the cups are back', async () => (await bench.stockOf('cup')).reserved === 0)
    expect(await bench.stockOf('cup')).toEqual({ available: 10, reserved: 0, sold: 0 })
    expect(await bench.stockOf('pot')).toEqual({ available: 1, reserved: 0, sold: 0 })
    expect(await bench.typesOf('stock-cup')).toEqual([
      'StockReceived',
      'StockReserved',
      'StockReservationReleased',
    ])
    await bench.until(
      'the checkout has ended',
      async () => (await bench.typesOf(`checkout-${orderId}`)).at(-1) === 'CheckoutEnded',
    )
    expect(await bench.typesOf(`payment-${merchantPaymentIdOf(orderId, 1)}`)).toEqual([])
  })

  it('releases a cancelled order, deletes its code, and gives back what is paid all the same', async () => {
    const orderId = await bench.place(['cup'], 3)
    const id = merchantPaymentIdOf(orderId, 1)
    await bench.orderIs(orderId, 'WAITING_PAYMENT')
    await bench.tell(orderId, { type: 'CancelOrder', by: 'customer', atMs: bench.clock.nowMs() })
    await bench.until('the code is deleted', async () => (await bench.atProvider(id)).deleted)
    expect(await bench.stockOf('cup')).toEqual({ available: 10, reserved: 0, sold: 0 })

    await bench.pay(orderId, 1, { late: true })
    await bench.confirmations.ask(id, 'return')
    await bench.until(
      'the money is back',
      async () => (await bench.typesOf(`payment-${id}`)).at(-1) === 'RefundCompleted',
    )
    expect(await bench.order(orderId)).toMatchObject({ status: 'CANCELLED', recorded: [id] })
    const [surplus] = (await bench.eventsOf(`order-${orderId}`)).slice(-1)
    expect(surplus).toMatchObject({ type: 'SurplusPaymentRecorded', data: { kind: 'LATE' } })
    expect(await bench.atProvider(id)).toMatchObject({
      status: 'REFUNDED',
      refunds: [{ merchantRefundId: `${id}_r1`, amountMinor: 3_000 }],
    })
    expect(await bench.stockOf('cup')).toEqual({ available: 10, reserved: 0, sold: 0 })
  })

  it('fails an order whose payment is declined, and releases its stock', async () => {
    const orderId = await bench.place(['cup'])
    const id = merchantPaymentIdOf(orderId, 1)
    await bench.orderIs(orderId, 'WAITING_PAYMENT')
    await bench.simulate('fail', { merchantPaymentId: id })
    expect(await bench.confirmations.ask(id, 'return')).toBe('failed')

    expect(await bench.orderIs(orderId, 'FAILED')).toMatchObject({ reason: 'PAYMENT_FAILED' })
    await bench.until('stock is back', async () => (await bench.stockOf('cup')).available === 10)
  })

  it('fails an order whose attempt the provider refuses to make', async () => {
    await bench.close()
    bench = await processBench({
      between: (provider) => ({
        ...provider,
        createCode: async () => ({
          kind: 'refused',
          code: 'DYNAMIC_QR_BAD_REQUEST',
          httpStatus: 400,
          message: '',
        }),
      }),
    })
    await bench.receive('cup', 10)
    bench.start()
    const orderId = await bench.place(['cup'])
    expect(await bench.orderIs(orderId, 'FAILED')).toMatchObject({ reason: 'PROVIDER_ERROR' })
    await bench.until('stock is back', async () => (await bench.stockOf('cup')).available === 10)
  })

  it('books one success for ten questions at once', async () => {
    const orderId = await bench.place(['cup'])
    const id = merchantPaymentIdOf(orderId, 1)
    await bench.orderIs(orderId, 'WAITING_PAYMENT')
    await bench.pay(orderId)
    const verdicts = await Promise.all(
      Array.from({ length: 10 }, () => bench.confirmations.ask(id, 'return')),
    )
    expect(new Set(verdicts)).toEqual(new Set(['succeeded']))
    await bench.orderIs(orderId, 'PAID')
    expect((await bench.typesOf(`payment-${id}`)).filter((type) => type === 'PaymentSucceeded')).toHaveLength(
      1,
    )
    expect((await bench.providerBooks()).calls['GET /v2/codes/payments/:id']).toBeLessThanOrEqual(3)
  })
})

describe.concurrent('the end of the payment window', () => {
  const openShop = async (options: BenchOptions = {}) => {
    const bench = await processBench(options)
    await bench.receive('cup', 10)
    bench.start()
    return bench
  }

  it('fails an order nobody paid, releases its stock and deletes its code', async () => {
    await using bench = await openShop()
    const orderId = await bench.place(['cup'])
    const id = merchantPaymentIdOf(orderId, 1)
    await bench.orderIs(orderId, 'WAITING_PAYMENT')
    await bench.leapPastWindow(orderId)
    expect(await bench.orderIs(orderId, 'FAILED')).toMatchObject({ reason: 'PAYMENT_EXPIRED' })
    await bench.until('the code is deleted', async () => (await bench.atProvider(id)).deleted)
    expect(await bench.stockOf('cup')).toEqual({ available: 10, reserved: 0, sold: 0 })
  })

  it('takes a payment nobody had told us about', async () => {
    await using bench = await openShop()
    const orderId = await bench.place(['cup'])
    await bench.orderIs(orderId, 'WAITING_PAYMENT')
    await bench.pay(orderId)
    await bench.leapPastWindow(orderId)
    expect(await bench.orderIs(orderId, 'PAID')).toMatchObject({
      recorded: [merchantPaymentIdOf(orderId, 1)],
    })
  })

  /** To where the provider was asked in vain after the window's end. */
  const pastTheWindow = async (bench: ProcessBench, orderId: OrderId, status: string) => {
    const asked = async () => (await bench.providerBooks()).calls['GET /v2/codes/payments/:id'] ?? 0
    const before = await asked()
    await bench.leapPastWindow(orderId)
    await bench.until('the provider was asked', async () => (await asked()) > before)
    expect((await bench.order(orderId)).status).toBe(status)
    expect(await bench.stockOf('cup')).toEqual({ available: 9, reserved: 1, sold: 0 })
  }

  it.each([
    ['fails the order when nothing was paid', false, 'FAILED'],
    ['takes the payment that was made meanwhile', true, 'PAID'],
  ] as const)('waits while the provider is away, and then %s', async (_, paid, status) => {
    await using bench = await openShop()
    const orderId = await bench.place(['cup'])
    await bench.orderIs(orderId, 'WAITING_PAYMENT')
    await bench.simulate('outage', { on: true })
    await pastTheWindow(bench, orderId, 'WAITING_PAYMENT')
    if (paid) await bench.pay(orderId)
    await bench.simulate('outage', { on: false })
    await bench.orderIs(orderId, status)
    await bench.until('no stock is held', async () => (await bench.stockOf('cup')).reserved === 0)
    expect(await bench.stockOf('cup')).toEqual(
      paid ? { available: 9, reserved: 0, sold: 1 } : { available: 10, reserved: 0, sold: 0 },
    )
  })

  it('keeps an order whose buyer is in the middle of paying', async () => {
    await using bench = await openShop()
    const orderId = await bench.place(['cup'])
    const id = merchantPaymentIdOf(orderId, 1)
    await bench.orderIs(orderId, 'WAITING_PAYMENT')
    await bench.simulate('in-flight', { merchantPaymentId: id })
    await pastTheWindow(bench, orderId, 'WAITING_PAYMENT')
    await bench.pay(orderId)
    expect(await bench.orderIs(orderId, 'PAID')).toMatchObject({ recorded: [id] })
  })

  it('ends an order whose only payment was not its own', async () => {
    await using bench = await openShop({
      simulator: { knobs: { refundSettleMs: 0 } },
      between: (provider) => ({
        ...provider,
        createCode: (request) => provider.createCode({ ...request, amountMinor: request.amountMinor - 1 }),
      }),
    })
    const orderId = await bench.place(['cup'])
    const id = merchantPaymentIdOf(orderId, 1)
    await bench.orderIs(orderId, 'WAITING_PAYMENT')
    await bench.pay(orderId)
    expect(await bench.confirmations.ask(id, 'return')).toBe('succeeded')

    await bench.leapPastWindow(orderId)
    expect(await bench.orderIs(orderId, 'FAILED')).toMatchObject({
      reason: 'PAYMENT_EXPIRED',
      recorded: [id],
    })
    await bench.until('the money is back', async () => (await bench.atProvider(id)).status === 'REFUNDED')
    expect(await bench.typesOf(`order-${orderId}`)).toEqual([
      'OrderPlaced',
      'OrderAwaitingPayment',
      'SurplusPaymentRecorded',
      'OrderFailed',
    ])
    await bench.until('no stock is held', async () => (await bench.stockOf('cup')).reserved === 0)
  })
})
