import { z } from 'zod'
import { check, type Flow, type Stage } from '../flow.ts'
import type { OrderView, Reply } from '../shop-client.ts'

/** The simulator settles a refund after three seconds; the shop looks every few. */
const REFUNDED_WITHIN_MS = 30_000
/** PayPay takes one refund of a payment a minute, and a busy shop may miss its turn once. */
const SECOND_REFUNDED_WITHIN_MS = 200_000

const Refund = z.object({ refundId: z.string(), amount: z.object({ amountMinor: z.number() }) })
const Timeline = z.object({ items: z.array(z.object({ type: z.string() })) })

interface PaidOrder {
  readonly orderId: string
  readonly totalMinor: number
}

const bought = async (
  { buyer, simulate, paidWithinMs }: Stage,
  productId: string,
  quantity: number,
): Promise<PaidOrder> => {
  const { orderId, amount } = await buyer.place(productId, quantity)
  const { merchantPaymentId } = await buyer.payable(orderId)
  await simulate('pay', { merchantPaymentId })
  await buyer.until(orderId, 'PAID', ({ status }) => status === 'PAID', paidWithinMs)
  return { orderId, totalMinor: amount.amountMinor }
}

const refund = (by: Stage['staff'], orderId: string, body: object, key: string): Promise<Reply> =>
  by.call('POST', `/api/ops/orders/${orderId}/refund`, body, { 'idempotency-key': key })

const accepted = (reply: Reply): z.infer<typeof Refund> => {
  check(reply.status === 202, `The refund was answered ${reply.status} ${JSON.stringify(reply.body)}`)
  return Refund.parse(reply.body)
}

const back = ({ refunded }: OrderView): number => refunded?.amountMinor ?? 0

export const refundInFull: Flow = {
  name: 'refund-in-full',
  tells: 'Staff return a paid order: the whole amount goes back once, and the goods are on sale again.',
  play: async (stage) => {
    const { buyer, staff, productWith, available, released } = stage
    const { productId } = await productWith(2)
    const before = await available(productId)
    const { orderId, totalMinor } = await bought(stage, productId, 2)
    check((await available(productId)) === before - 2, 'Two units less should be available')

    const body = { reason: 'demo: returned unopened', returning: 'all' }
    const byBuyer = await refund(buyer, orderId, body, crypto.randomUUID())
    check(byBuyer.status === 403, `A buyer’s own refund was answered ${byBuyer.status}`)
    const key = crypto.randomUUID()
    const first = accepted(await refund(staff, orderId, body, key))
    const again = accepted(await refund(staff, orderId, body, key))
    check(again.refundId === first.refundId, 'The same request twice is one refund')
    check(first.amount.amountMinor === totalMinor, `It returns ${first.amount.amountMinor} of ${totalMinor}`)

    const ended = await buyer.until(
      orderId,
      'REFUNDED',
      ({ status }) => status === 'REFUNDED',
      REFUNDED_WITHIN_MS,
    )
    check(back(ended) === totalMinor && ended.refunds?.length === 1, `It is ${JSON.stringify(ended)}`)
    await released(productId, before)
    const timeline = await buyer.call('GET', `/api/orders/${orderId}/timeline`)
    const told = Timeline.parse(timeline.body).items.filter(({ type }) => type === 'OrderRefunded').length
    check(told === 1, `The timeline shows ${told} full refunds`)
    const more = await refund(staff, orderId, { reason: 'demo: again' }, crypto.randomUUID())
    check(more.status === 409, `A refund of a refunded order was answered ${more.status}`)
    return `REFUNDED ¥${totalMinor.toLocaleString('en')} once, 2 units on sale again`
  },
}

export const refundInParts: Flow = {
  name: 'refund-in-parts',
  tells: 'Staff return part of a paid order, twice; together never more than was paid.',
  play: async (stage) => {
    const { buyer, staff, productWith, available } = stage
    const { productId } = await productWith(2)
    const { orderId, totalMinor } = await bought(stage, productId, 2)
    const after = await available(productId)
    const part = Math.floor(totalMinor / 3)
    const ask = (amountMinor: number): Promise<Reply> =>
      refund(staff, orderId, { amountMinor, reason: 'demo: chipped' }, crypto.randomUUID())

    accepted(await ask(part))
    const tooMuch = await ask(totalMinor - part + 1)
    check(tooMuch.status === 422, `More than is left was answered ${tooMuch.status}`)
    accepted(await ask(part))
    const once = await buyer.until(orderId, 'one part back', (order) => back(order) > 0, REFUNDED_WITHIN_MS)
    check(once.status === 'PAID' && back(once) === part, `It is ${JSON.stringify(once)}`)
    const twice = await buyer.until(
      orderId,
      'both parts back',
      (order) => back(order) > part,
      SECOND_REFUNDED_WITHIN_MS,
    )
    check(twice.status === 'PAID' && back(twice) === 2 * part, `It is ${JSON.stringify(twice)}`)
    check((await available(productId)) === after, 'Nothing was to come back on sale')
    return `still PAID, 2 × ¥${part.toLocaleString('en')} of ¥${totalMinor.toLocaleString('en')} back`
  },
}
