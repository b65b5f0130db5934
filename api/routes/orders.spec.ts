import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { merchantPaymentIdOf, OrderId } from '#domain/ids.ts'
import { connectTo } from '../realtime/testing.ts'
import { apiBench, until, type ApiBench, type Browser } from '../testing.ts'

const codeOf = (reply: { json: () => { code?: string } }) => reply.json().code
const STRANGER_ORDER = '5f0c2a52-6a5a-5b8e-9d2b-0d6d6f6f7a10'

describe('following and changing an order', () => {
  let bench: ApiBench
  let hanako: Browser
  beforeAll(async () => {
    bench = await apiBench({ withProcesses: true })
    await bench.offer('sencha', 1_200)
    hanako = await bench.signIn('hanako@example.com')
  })
  afterAll(() => bench.close())

  interface Order {
    orderId: string
    status: string
    result: string
    position: number
    channelToken: string
    payment?: {
      merchantPaymentId: string
      attempt: number
      url?: string
      status: string
      expiresAt?: string
      buyerIsConfirming: boolean
    }
  }
  const place = async (browser = hanako): Promise<Order> => {
    const reply = await browser.order({
      items: [{ productId: 'sencha', quantity: 1 }],
      paymentMethod: 'PAYPAY',
    })
    expect(reply.statusCode).toBe(201)
    return reply.json<Order>()
  }
  const get = async (orderId: string, browser = hanako) =>
    (await browser.get(`/api/orders/${orderId}`)).json<Order>()
  const withCode = async (browser = hanako): Promise<Order> => {
    const { orderId } = await place(browser)
    return until('the code is shown', async () => {
      const order = await get(orderId, browser)
      return order.payment?.url !== undefined && order.status === 'WAITING_PAYMENT' && order
    })
  }
  const pay = (merchantPaymentId: string, more: object = {}) =>
    bench.simulate('pay', { merchantPaymentId, dropHook: true, ...more })

  it('is there for its buyer at once: whoever placed it reads it', async () => {
    const { orderId, position } = await place()
    const reply = await hanako.get(`/api/orders/${orderId}?position=${position}`)
    expect(reply.statusCode).toBe(200)
    expect(reply.json()).toMatchObject({
      orderId,
      amount: { amountMinor: 1_200, currency: 'JPY' },
      lines: [{ productId: 'sencha', title: 'お茶 sencha', quantity: 1, unitPrice: { amountMinor: 1_200 } }],
      taxes: [{ ratePercent: 8, grossMinor: 1_200, taxMinor: 88 }],
    })
    expect(reply.json<Order>().position).toBeGreaterThanOrEqual(position)
  })

  it('shows a code, its expiry and a fresh socket token', async () => {
    const order = await withCode()
    expect(order.payment).toMatchObject({ attempt: 1, status: 'OPEN', url: expect.stringContaining('http') })
    expect(Date.parse(order.payment?.expiresAt ?? '')).toBeGreaterThan(bench.deps.clock.nowMs())
    expect(order.channelToken.split('.')).toHaveLength(3)
  })

  it('lists own orders only, newest first, by status', async () => {
    const taro = await bench.signIn('taro.list@example.com')
    const [first, second] = [await place(taro), await place(taro)]
    const list = async (query: string) =>
      (await taro.get(`/api/orders?${query}`)).json<{ items: Order[]; total: number }>()
    const all = await list(`position=${second.position}`)
    expect([all.total, all.items.map(({ orderId }) => orderId)]).toEqual([2, [second.orderId, first.orderId]])
    expect(await list('status=PAID')).toMatchObject({ items: [], total: 0, page: 1, size: 20 })
    expect((await list('size=1&page=2')).items.map(({ orderId }) => orderId)).toEqual([first.orderId])
    expect(codeOf(await taro.get('/api/orders?status=LOST'))).toBe('invalid-query')
  })

  it('tells its story, oldest first', async () => {
    const { orderId } = await withCode()
    const { items } = (await hanako.get(`/api/orders/${orderId}/timeline`)).json<{
      items: { type: string; actor: string; at: string }[]
    }>()
    expect(items.map(({ type }) => type).slice(0, 2)).toEqual(['OrderPlaced', 'StockReserved'])
    expect(items[0]?.actor).toBe('customer')
    expect(JSON.stringify(items)).not.toContain(hanako.customerId)
  })

  describe('of somebody else', () => {
    it('answers exactly as if there were none', async () => {
      const { orderId } = await withCode()
      const taro = await bench.signIn('taro@example.com')
      const asks: ((id: string) => Promise<{ statusCode: number; json: () => { correlationId: string } }>)[] =
        [
          (id) => taro.get(`/api/orders/${id}`),
          (id) => taro.get(`/api/orders/${id}/timeline`),
          (id) => taro.post(`/api/orders/${id}/cancel`),
          (id) => taro.post(`/api/orders/${id}/payments`),
          (id) => taro.post(`/api/orders/${id}/payments/refresh`),
          (id) => taro.get(`/api/payments/${id}/qrcode`),
        ]
      for (const ask of asks) {
        const [foreign, missing, garbage] = [
          await ask(orderId),
          await ask(STRANGER_ORDER),
          await ask('garbage'),
        ]
        const visible = ({ statusCode, json }: typeof foreign) => ({
          statusCode,
          ...json(),
          correlationId: '',
        })
        expect(visible(foreign)).toMatchObject({ statusCode: 404, code: 'order-not-found' })
        expect(visible(foreign)).toEqual(visible(missing))
        expect(visible(garbage)).toEqual(visible(missing))
      }
      expect((await get(orderId)).status).toBe('WAITING_PAYMENT')
    })

    it('lets staff read, auditors not act, and operators act in their own name', async () => {
      const { orderId } = await withCode()
      const auditor = await bench.signIn('auditor@example.com', ['auditor'])
      expect((await auditor.get(`/api/orders/${orderId}`)).statusCode).toBe(200)
      expect(codeOf(await auditor.post(`/api/orders/${orderId}/cancel`))).toBe('order-not-found')
      const operator = await bench.signIn('operator@example.com', ['operator'])
      expect((await operator.post(`/api/orders/${orderId}/cancel`)).statusCode).toBe(200)
      const events = await bench.eventsOf(`order-${orderId}`)
      expect(events.at(-1)).toMatchObject({
        type: 'OrderCancelled',
        data: { by: 'staff' },
        metadata: { actor: `staff:${operator.customerId}` },
      })
    })
  })

  it('is cancelled once, and a second time changes nothing', async () => {
    const { orderId } = await place()
    const first = await hanako.post(`/api/orders/${orderId}/cancel`)
    expect([first.statusCode, first.json()]).toEqual([
      200,
      { orderId, status: 'CANCELLED', position: expect.any(Number) },
    ])
    expect((await hanako.post(`/api/orders/${orderId}/cancel`)).json()).toMatchObject({ status: 'CANCELLED' })
    expect(
      (await bench.typesOf(`order-${orderId}`)).filter((type) => type === 'OrderCancelled'),
    ).toHaveLength(1)
    expect(codeOf(await hanako.post(`/api/orders/${orderId}/payments`))).toBe('order-already-cancelled')
    await hanako.get(`/api/orders/${orderId}?position=${first.json<{ position: number }>().position}`)
    expect(codeOf(await hanako.get(`/api/payments/${orderId}/qrcode`))).toBe('order-already-cancelled')
  })

  it('asks the provider when the buyer says “I have paid”, and answers the paid order', async () => {
    const { orderId, payment } = await withCode()
    expect((await hanako.post(`/api/orders/${orderId}/payments/refresh`)).json()).toMatchObject({
      status: 'WAITING_PAYMENT',
      result: 'PENDING',
      asked: 'not-paid',
    })
    await pay(payment?.merchantPaymentId ?? '')
    const reply = await hanako.post(`/api/orders/${orderId}/payments/refresh`)
    expect([reply.statusCode, reply.json()]).toEqual([
      200,
      expect.objectContaining({ status: 'PAID', result: 'SUCCESS', asked: 'succeeded' }),
    ])
    expect(reply.json<Order>().payment?.url).toBeUndefined()
    expect(codeOf(await hanako.post(`/api/orders/${orderId}/cancel`))).toBe('order-already-paid')
    // A paid order leaves nothing to ask about.
    expect((await hanako.post(`/api/orders/${orderId}/payments/refresh`)).json()).not.toHaveProperty('asked')
  })

  it('answers “I have paid” without a decision while the provider is away', async () => {
    const { orderId } = await withCode()
    await bench.simulate('outage', { on: true, kind: 'html503' })
    const reply = await hanako.post(`/api/orders/${orderId}/payments/refresh`)
    await bench.simulate('outage', { on: false })
    expect([reply.statusCode, reply.json()]).toEqual([
      200,
      expect.objectContaining({ status: 'WAITING_PAYMENT', result: 'PENDING', asked: 'unknown' }),
    ])
  })

  it('says that the provider said no', async () => {
    const { orderId, payment } = await withCode()
    await bench.simulate('fail', { merchantPaymentId: payment?.merchantPaymentId })
    expect((await hanako.post(`/api/orders/${orderId}/payments/refresh`)).json()).toMatchObject({
      status: 'FAILED',
      asked: 'failed',
    })
  })

  it('says while the buyer is confirming at the provider, here and on the socket', async () => {
    const { orderId, channelToken, payment } = await withCode()
    expect(payment?.buyerIsConfirming).toBe(false)
    const client = connectTo(
      `ws://127.0.0.1:${bench.port}/ws/orders?orderId=${orderId}&token=${channelToken}`,
    )
    expect((await client.opened()).payment?.buyerIsConfirming).toBe(false)
    await bench.simulate('in-flight', { merchantPaymentId: payment?.merchantPaymentId })
    const refreshed = (await hanako.post(`/api/orders/${orderId}/payments/refresh`)).json<object>()
    expect(refreshed).toMatchObject({ status: 'WAITING_PAYMENT', asked: 'in-flight' })
    await until('it is shown', async () => (await get(orderId)).payment?.buyerIsConfirming)
    await client.has('it is told', (message) => message.payment?.buyerIsConfirming === true)
    await pay(payment?.merchantPaymentId ?? '')
    const paid = (await hanako.post(`/api/orders/${orderId}/payments/refresh`)).json<Order>()
    expect([paid.status, paid.payment?.buyerIsConfirming]).toEqual(['PAID', false])
    client.socket.close()
  })

  it('gets a fresh code, once per code that was shown', async () => {
    const { orderId, payment } = await withCode()
    const shown = { insteadOf: payment?.merchantPaymentId }
    const replies = await Promise.all([1, 2].map(() => hanako.post(`/api/orders/${orderId}/payments`, shown)))
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([202, 202])
    const renewed = await until('the second code is shown', async () => {
      const order = await get(orderId)
      return order.payment?.attempt === 2 && order.payment.url !== undefined && order
    })
    expect(renewed.payment?.merchantPaymentId).toBe(merchantPaymentIdOf(OrderId.parse(orderId), 2))
    expect((await hanako.post(`/api/orders/${orderId}/payments`, shown)).statusCode).toBe(202)
    expect(
      (await bench.typesOf(`order-${orderId}`)).filter((type) => type === 'PaymentRenewalRequested'),
    ).toHaveLength(1)
    expect(codeOf(await hanako.post(`/api/orders/${orderId}/payments`, { insteadOf: '<script>' }))).toBe(
      'validation-failed',
    )
  })

  it('draws its code as PNG, or as SVG for who prefers it, at least 256 pixels wide', async () => {
    const { orderId } = await withCode()
    const png = await hanako.get(`/api/payments/${orderId}/qrcode`)
    expect([png.statusCode, png.headers['content-type'], png.headers['cache-control']]).toEqual([
      200,
      'image/png',
      'no-store',
    ])
    expect(png.rawPayload.subarray(1, 4).toString('latin1')).toBe('PNG')
    expect(png.rawPayload.readUInt32BE(16)).toBeGreaterThanOrEqual(256)
    const svg = await hanako.send({
      url: `/api/payments/${orderId}/qrcode`,
      headers: { accept: 'image/svg+xml' },
    })
    expect([svg.statusCode, svg.headers['content-type']]).toEqual([200, 'image/svg+xml'])
    expect(svg.body).toMatch(/^<svg /)
    expect((await hanako.get(`/api/payments/${orderId}/qrcode?format=svg`)).body).toBe(svg.body)
    expect(codeOf(await hanako.get(`/api/payments/${orderId}/qrcode?size=10`))).toBe('invalid-query')
  })

  it('follows the order live: code, payment and the final word reach the socket', async () => {
    const { orderId, channelToken } = await place()
    const socket = new WebSocket(
      `ws://127.0.0.1:${bench.port}/ws/orders?orderId=${orderId}&token=${channelToken}`,
    )
    const messages: {
      type: string
      status: string
      result: string
      sequence: number
      payment?: { merchantPaymentId: string; url?: string }
    }[] = []
    socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString('utf8'))))
    const payable = await until('the code reached the socket', () =>
      messages.find(({ payment }) => payment?.url !== undefined),
    )
    await pay(payable.payment?.merchantPaymentId ?? '')
    // No webhook came: it is the socket's own asking that finds out.
    await until('the payment reached the socket', () => messages.some(({ status }) => status === 'PAID'))
    const final = await until('the final snapshot came', () => {
      const last = messages.at(-1)
      return last?.type === 'SNAPSHOT' && last.status === 'PAID' && last
    })
    expect(final.result).toBe('SUCCESS')
    const sequences = messages.map(({ sequence }) => sequence)
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b))
    socket.close()
  })
})

describe('an order that has no code yet', () => {
  it('answers 202 for the picture, and 409 for a renewal', async () => {
    const bench = await apiBench()
    await bench.offer('sencha')
    const hanako = await bench.signIn('hanako@example.com')
    const { orderId } = (
      await hanako.order({ items: [{ productId: 'sencha', quantity: 1 }], paymentMethod: 'PAYPAY' })
    ).json<{ orderId: string }>()
    const picture = await hanako.get(`/api/payments/${orderId}/qrcode`)
    expect([picture.statusCode, picture.json(), picture.headers['retry-after']]).toEqual([
      202,
      { orderId, status: 'PENDING' },
      '1',
    ])
    expect(codeOf(await hanako.post(`/api/orders/${orderId}/payments`))).toBe('payment-not-ready')
    const refreshed = (await hanako.post(`/api/orders/${orderId}/payments/refresh`)).json<object>()
    expect(refreshed).toMatchObject({ status: 'PENDING' })
    expect(refreshed).not.toHaveProperty('asked')
    expect(await bench.typesOf(`order-${orderId}`)).toEqual(['OrderPlaced'])
    await bench.close()
  })

  it('is told from its own stream while the read model is away', async () => {
    const bench = await apiBench({
      replace: ({ readStore }) => ({
        readStore: { ...readStore, get: () => Promise.resolve(undefined) },
        waitFor: () => Promise.resolve(false),
      }),
    })
    await bench.offer('sencha')
    const hanako = await bench.signIn('hanako@example.com')
    const placed = (
      await hanako.order({ items: [{ productId: 'sencha', quantity: 2 }], paymentMethod: 'PAYPAY' })
    ).json<{ orderId: string; position: number }>()
    const reply = await hanako.get(`/api/orders/${placed.orderId}`)
    expect([reply.statusCode, reply.json()]).toEqual([
      200,
      expect.objectContaining({
        status: 'PENDING',
        position: placed.position,
        amount: { amountMinor: 2_000, currency: 'JPY' },
      }),
    ])
    await bench.close()
  })
})
