import { z } from 'zod'
import { check, isEnded, type Flow } from '../flow.ts'
import type { Buyer, OrderView, Reply } from '../shop-client.ts'

const ENDED_WITHIN_MS = 10_000

const Wallet = z.object({ balance: z.object({ amountMinor: z.number() }) })
const Booked = Wallet.extend({ depositId: z.string(), position: z.number() })
const Statement = z.object({
  items: z.array(
    z.object({
      kind: z.string(),
      amount: z.object({ amountMinor: z.number() }),
      orderId: z.string().optional(),
    }),
  ),
})
const Position = z.object({ position: z.number() })

const deposit = (buyer: Buyer, amountMinor: number, key: string = crypto.randomUUID()): Promise<Reply> =>
  buyer.call('POST', '/api/wallet/deposits', { amountMinor }, { 'idempotency-key': key })

const positionOf = async (buyer: Buyer, orderId: string): Promise<number> =>
  Position.parse((await buyer.call('GET', `/api/orders/${orderId}`)).body).position

const balance = async (buyer: Buyer, position: number): Promise<number> =>
  Wallet.parse((await buyer.call('GET', `/api/wallet?position=${position}`)).body).balance.amountMinor

export const wallet: Flow = {
  name: 'wallet',
  tells: 'A wallet pays at once, has too little for the next order, and gets back what staff return.',
  play: async ({ buyer, staff, productWith, available, released }) => {
    const { productId } = await productWith(4)
    const before = await available(productId)
    const bought = async (quantity: number): Promise<OrderView> => {
      const { orderId } = await buyer.place(productId, quantity, crypto.randomUUID(), 'WALLET')
      return buyer.until(orderId, 'an end', isEnded, ENDED_WITHIN_MS)
    }
    const empty = await bought(1)
    check(empty.failureReason === 'INSUFFICIENT_FUNDS', `It is ${JSON.stringify(empty)}`)
    const priceMinor = empty.amount.amountMinor

    const key = crypto.randomUUID()
    const heldMinor = 2 * priceMinor + 1
    const first = await deposit(buyer, heldMinor, key)
    check(first.status === 201, `A deposit was answered ${first.status} ${JSON.stringify(first.body)}`)
    const again = await deposit(buyer, heldMinor, key)
    check(
      Booked.parse(again.body).depositId === Booked.parse(first.body).depositId,
      'The same deposit twice is one',
    )
    const other = await deposit(buyer, 1, key)
    check(other.status === 422, `Another amount under the same key was answered ${other.status}`)

    const paid = await bought(2)
    check(paid.status === 'PAID', `It is ${JSON.stringify(paid)}`)
    const left = await balance(buyer, await positionOf(buyer, paid.orderId))
    check(left === 1, `The wallet holds ${left} instead of 1`)

    const short = await bought(1)
    check(short.failureReason === 'INSUFFICIENT_FUNDS', `It is ${JSON.stringify(short)}`)

    const body = { reason: 'demo: returned unopened', returning: 'all' }
    const refund = await staff.call('POST', `/api/ops/orders/${paid.orderId}/refund`, body, {
      'idempotency-key': crypto.randomUUID(),
    })
    check(refund.status === 202, `The refund was answered ${refund.status} ${JSON.stringify(refund.body)}`)
    await buyer.until(paid.orderId, 'REFUNDED', ({ status }) => status === 'REFUNDED', ENDED_WITHIN_MS)
    const back = await balance(buyer, await positionOf(buyer, paid.orderId))
    check(back === heldMinor, `The wallet holds ${back} instead of ${heldMinor}`)
    await released(productId, before)
    const { items } = Statement.parse((await buyer.call('GET', '/api/wallet/entries')).body)
    const told = items.map(({ kind, amount }) => `${kind} ${amount.amountMinor}`).join(', ')
    const expected = `refund ${2 * priceMinor}, payment ${2 * priceMinor}, deposit ${heldMinor}`
    check(told === expected, `The statement is ${told}`)
    return `PAID and REFUNDED ¥${(2 * priceMinor).toLocaleString('en')}, FAILED (INSUFFICIENT_FUNDS) twice`
  },
}
