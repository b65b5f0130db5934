import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RefundId, type OrderId } from '#domain/ids.ts'
import { apiBench, until, type Browser } from '../../testing.ts'
import { PRICE, refundBy, refundDesk, saying, TOTAL, yen, type Refund, type RefundDesk } from './testing.ts'

describe('a refunded order as it is seen', () => {
  let desk: RefundDesk
  beforeAll(async () => {
    desk = await refundDesk()
  })
  afterAll(() => desk.bench.close())

  interface Seen {
    status: string
    result: string
    refunded: object
    refunds: { status: string; note?: string; requestedBy?: string; code?: string }[]
  }
  const complete = (orderId: OrderId, refundId: string) =>
    desk.run(orderId, { type: 'CompleteOrderRefund', refundId: RefundId.parse(refundId), atMs: 0 })
  const seenBy = async (browser: Browser, orderId: string, position: number) =>
    (await browser.get(`/api/orders/${orderId}?position=${position}`)).json<Seen>()
  const storySeenBy = async (browser: Browser, orderId: string, position: number) =>
    (await browser.get(`/api/orders/${orderId}/timeline?position=${position}`)).body

  it('shows staff the note and who left it, and the buyer neither', async () => {
    const orderId = await desk.paid()
    const { refundId, position } = (
      await desk.refund(orderId, { amountMinor: PRICE, reason: 'torn-bag' })
    ).json<Refund>()
    const common = { refundId, kind: 'staff', amount: yen(PRICE), status: 'REQUESTED', returning: [] }
    const auditor = await desk.bench.signIn('auditor@example.com', ['auditor'])
    expect(await seenBy(auditor, orderId, position)).toMatchObject({
      status: 'PAID',
      refunded: yen(0),
      refunds: [{ ...common, note: 'torn-bag', requestedBy: `staff:${desk.operator.customerId}` }],
    })
    expect((await seenBy(desk.hanako, orderId, position)).refunds).toEqual([
      { ...common, requestedAt: expect.any(String) },
    ])
    const forStaff = await storySeenBy(auditor, orderId, position)
    const forTheBuyer = await storySeenBy(desk.hanako, orderId, position)
    expect(forStaff).toContain('torn-bag')
    expect(forStaff).toContain(desk.operator.customerId)
    for (const story of [forTheBuyer, (await desk.hanako.get('/api/orders?size=50')).body]) {
      expect(story).toContain(refundId)
      expect(story).not.toContain('torn-bag')
      expect(story).not.toContain(desk.operator.customerId)
    }
    const taro = await desk.bench.signIn('taro@example.com')
    expect(saying(await taro.get(`/api/orders/${orderId}`))).toEqual([404, 'order-not-found'])
  })

  it('counts what has gone back, and ends REFUNDED with all of it', async () => {
    const orderId = await desk.paid()
    const part = (await desk.refund(orderId, { amountMinor: PRICE, reason: 'a' })).json<Refund>()
    const rest = (await desk.refund(orderId, { reason: 'b' })).json<Refund>()
    const first = await complete(orderId, part.refundId)
    const at = (outcome: typeof first) => ('position' in outcome ? outcome.position : 0)
    expect(await seenBy(desk.hanako, orderId, at(first))).toMatchObject({
      status: 'PAID',
      refunded: yen(PRICE),
      refunds: [{ status: 'COMPLETED', endedAt: expect.any(String) }, { status: 'REQUESTED' }],
    })
    const second = await complete(orderId, rest.refundId)
    expect(await seenBy(desk.hanako, orderId, at(second))).toMatchObject({
      status: 'REFUNDED',
      result: 'SUCCESS',
      refunded: yen(TOTAL),
      refunds: [{ status: 'COMPLETED' }, { status: 'COMPLETED' }],
    })
    const listed = (await desk.hanako.get('/api/orders?status=REFUNDED')).json<{ items: object[] }>().items
    expect(listed).toMatchObject([{ orderId, status: 'REFUNDED' }])
    for (const ask of [
      desk.hanako.post(`/api/orders/${orderId}/cancel`),
      desk.hanako.post(`/api/orders/${orderId}/payments`),
      desk.hanako.get(`/api/payments/${orderId}/qrcode`),
    ])
      expect(saying(await ask)).toEqual([409, 'order-already-paid'])
    expect(saying(await desk.refund(orderId, { reason: 'again' }))).toEqual([409, 'nothing-left-to-refund'])
  })

  it('says that the provider rejected it and in which word, and counts nothing', async () => {
    const orderId = await desk.paid()
    const { refundId } = (await desk.refund(orderId, { reason: 'a' })).json<Refund>()
    const outcome = await desk.run(orderId, {
      type: 'RejectOrderRefund',
      refundId: RefundId.parse(refundId),
      code: 'REFUND_LIMIT_EXCEEDED',
      atMs: 0,
    })
    const position = 'position' in outcome ? outcome.position : 0
    expect(await seenBy(desk.hanako, orderId, position)).toMatchObject({
      status: 'PAID',
      refunded: yen(0),
      refunds: [{ status: 'REJECTED', code: 'REFUND_LIMIT_EXCEEDED' }],
    })
  })
})

it('sends the money back through the provider and the goods back to the shelf', async () => {
  const live = await apiBench({ withProcesses: true })
  try {
    await live.offer('sencha', PRICE, 10)
    const buyer = await live.signIn('buyer@example.com')
    const staff = await live.signIn('staff@example.com', ['support'])
    const placed = await buyer.order({
      items: [{ productId: 'sencha', quantity: 2 }],
      paymentMethod: 'PAYPAY',
    })
    const { orderId } = placed.json<{ orderId: string }>()
    interface Live {
      status: string
      payment?: { merchantPaymentId: string; url?: string }
    }
    const seen = async () => (await buyer.get(`/api/orders/${orderId}`)).json<Live>()
    const payable = await until('the code is there', async () => {
      const { payment } = await seen()
      return payment?.url !== undefined && payment
    })
    await live.simulate('pay', { merchantPaymentId: payable.merchantPaymentId, dropHook: true })
    await buyer.post(`/api/orders/${orderId}/payments/refresh`)
    await until('it is paid', async () => (await seen()).status === 'PAID')
    const available = async () =>
      (await buyer.get('/api/products/sencha')).json<{ available: number }>().available
    await until('the units are sold', async () => (await available()) === 8)

    await live.simulate('knobs', { refundSettleMs: 0 })
    expect(saying(await refundBy(staff, orderId, { reason: 'sent back', returning: 'all' }))).toEqual([
      202,
      undefined,
    ])
    await until('the money is back', async () => (await seen()).status === 'REFUNDED')
    await until('the units are on sale again', async () => (await available()) === 10)
    expect(await live.typesOf(`payment-${payable.merchantPaymentId}`)).toEqual(
      expect.arrayContaining(['RefundRequested', 'RefundCompleted']),
    )
  } finally {
    await live.close()
  }
})
