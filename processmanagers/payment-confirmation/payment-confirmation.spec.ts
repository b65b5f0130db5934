import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, type OrderId } from '#domain/ids.ts'
import { processBench, type BenchOptions } from '../testing.ts'
import type { Ladder } from './ladder.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const quickLadder: Ladder = { firstAskMs: 100, nextAskMs: () => 100, watchMs: DAY_MS, lapseGraceMs: 0 }
/** Asks about nothing while a spec lasts. */
const lazyLadder: Ladder = { ...quickLadder, firstAskMs: DAY_MS, nextAskMs: () => DAY_MS }
const ASKS = 'GET /v2/codes/payments/:id'

const openShop = async (options: BenchOptions = {}) => {
  const bench = await processBench({ simulator: { knobs: { refundSettleMs: 0 } }, ...options })
  await bench.receive('cup', 10)
  bench.start()
  /** Stores a notification, as the webhook does. */
  const notify = (orderId: OrderId, rawBody: string) =>
    bench.notify(merchantPaymentIdOf(orderId, 1), rawBody, createHash('sha256').update(rawBody).digest('hex'))
  const shown = async () => {
    const orderId = await bench.place(['cup'])
    await bench.orderIs(orderId, 'WAITING_PAYMENT')
    return { orderId, id: merchantPaymentIdOf(orderId, 1) }
  }
  const asks = async () => (await bench.providerBooks()).calls[ASKS] ?? 0
  const status = () => bench.status().find(({ name }) => name === 'payment-confirmation')
  const openAlarms = () => status()?.openDeadlines
  const queued = () => status()?.queued
  return { ...bench, notify, shown, asks, openAlarms, queued }
}

describe.concurrent('payment confirmation', () => {
  it('books a payment that no webhook announced and nobody watched, and then asks no more', async () => {
    await using bench = await openShop({ ladder: quickLadder })
    const { orderId, id } = await bench.shown()
    await bench.pay(orderId)
    await bench.orderIs(orderId, 'PAID')
    await bench.until(
      'the confirmation is closed',
      async () => (await bench.typesOf(`confirmation-${id}`)).at(-1) === 'ConfirmationClosed',
    )
    expect((await bench.eventsOf(`confirmation-${id}`)).at(-1)?.data).toMatchObject({ reason: 'succeeded' })
    expect((await bench.eventsOf(`payment-${id}`)).at(-1)?.data).toMatchObject({ source: 'poll' })
    await bench.until('no alarm is left', async () => bench.openAlarms() === 0)
  })

  it('asks at once when a notification comes in', async () => {
    await using bench = await openShop({ ladder: lazyLadder })
    const { orderId, id } = await bench.shown()
    await bench.pay(orderId)
    await bench.notify(orderId, '{"state":"COMPLETED"}')
    await bench.orderIs(orderId, 'PAID')
    expect((await bench.eventsOf(`payment-${id}`)).at(-1)?.data).toMatchObject({ source: 'webhook' })
  })

  it('believes no notification, and asks a few times for fifty of them', async () => {
    await using bench = await openShop({
      quietMs: HOUR_MS,
      paymentWindowMs: DAY_MS,
      ladder: { ...lazyLadder, watchMs: 2 * DAY_MS },
      simulator: { codeLifeMs: DAY_MS, knobs: { refundSettleMs: 0 } },
    })
    const { orderId, id } = await bench.shown()
    for (let n = 0; n < 50; n += 1) await bench.notify(orderId, `{"state":"COMPLETED","forged":${n}}`)
    await bench.until('the provider was asked', async () => (await bench.asks()) > 0)
    // Another attempt's notification, told afterwards, is answered after all of these were read.
    const other = await bench.shown()
    await bench.pay(other.orderId)
    await bench.notify(other.orderId, '{}')
    await bench.orderIs(other.orderId, 'PAID')
    expect(await bench.asks()).toBe(2)
    for (let questions = 3; bench.queued() !== 0; questions += 1) {
      await bench.leap(HOUR_MS)
      await bench.until(
        'one more question, or none is owed',
        async () => bench.queued() === 0 || (await bench.asks()) === questions,
      )
      expect(questions).toBeLessThanOrEqual(10)
    }
    expect(await bench.typesOf(`payment-${id}`)).toEqual(['PaymentRequested', 'PaymentCodeIssued'])
    expect((await bench.order(orderId)).status).toBe('WAITING_PAYMENT')
    await bench.until('nothing but the ladder is left', async () => bench.openAlarms() === 1)
  })

  it('changes nothing while the provider says nothing that can be relied on, and goes on asking', async () => {
    await using bench = await openShop({ ladder: quickLadder })
    const { orderId, id } = await bench.shown()
    const before = await bench.typesOf(`payment-${id}`)
    for (const kind of ['html503', '429', '500-unknown', 'cut-body', 'reset', 'hang'])
      await bench.simulate('faults', { method: 'GET', kind })
    await bench.pay(orderId)
    await bench.until('all have struck, and the last hangs', async () => (await bench.faultsLeft()) === 0)
    expect(await bench.typesOf(`payment-${id}`)).toEqual(before)
    bench.timeOutCalls()
    await bench.orderIs(orderId, 'PAID')
  })

  it('notes that a code has lapsed, and still notices its late payment', async () => {
    await using bench = await openShop({
      paymentWindowMs: 10 * MINUTE_MS,
      ladder: quickLadder,
      simulator: { codeLifeMs: MINUTE_MS },
    })
    const { orderId, id } = await bench.shown()
    await bench.leap(2 * MINUTE_MS)
    await bench.until(
      'the code has lapsed',
      async () => (await bench.typesOf(`payment-${id}`)).at(-1) === 'PaymentLapsed',
    )
    expect((await bench.order(orderId)).status).toBe('WAITING_PAYMENT')
    await bench.pay(orderId, 1, { late: true })
    await bench.orderIs(orderId, 'PAID')
    expect((await bench.typesOf(`payment-${id}`)).filter((type) => type === 'PaymentLapsed')).toHaveLength(1)
  })

  it('gives up an attempt nobody ever paid, and all the same looks when a notification comes', async () => {
    await using bench = await openShop({
      ladder: { ...quickLadder, watchMs: HOUR_MS },
      simulator: { codeLifeMs: MINUTE_MS, knobs: { refundSettleMs: 0 } },
    })
    const { orderId, id } = await bench.shown()
    await bench.leapPastWindow(orderId)
    await bench.orderIs(orderId, 'FAILED')
    expect(await bench.typesOf(`confirmation-${id}`)).toEqual(['ConfirmationOpened'])
    await bench.leap(HOUR_MS)
    await bench.until(
      'the confirmation is closed',
      async () => (await bench.typesOf(`confirmation-${id}`)).at(-1) === 'ConfirmationClosed',
    )
    expect((await bench.eventsOf(`confirmation-${id}`)).at(-1)?.data).toMatchObject({ reason: 'never-paid' })
    await bench.until('no alarm is left', async () => bench.openAlarms() === 0)

    await bench.pay(orderId, 1, { late: true })
    await bench.notify(orderId, '{}')
    await bench.until('the money is back', async () => (await bench.atProvider(id)).status === 'REFUNDED')
  })

  it('closes with a payment that failed', async () => {
    await using bench = await openShop({ ladder: quickLadder })
    const { id } = await bench.shown()
    await bench.simulate('fail', { merchantPaymentId: id })
    await bench.until(
      'the confirmation is closed',
      async () => (await bench.typesOf(`confirmation-${id}`)).at(-1) === 'ConfirmationClosed',
    )
    expect((await bench.eventsOf(`confirmation-${id}`)).at(-1)?.data).toMatchObject({ reason: 'failed' })
  })
})
