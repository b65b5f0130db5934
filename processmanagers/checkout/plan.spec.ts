import { describe, it } from 'vitest'
import { given } from '#domain/given.ts'
import { OrderId, ProductId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { checkoutPlan } from './plan.ts'

const atMs = 5
const productId = ProductId.parse('cup')
const plan = {
  orderId: OrderId.parse('0199aaaa-0000-7000-8000-000000000001'),
  lines: [{ productId, quantity: 1 }],
  amount: money(1_000, 'JPY'),
  windowEndsAtMs: 100,
  placedEventId: 'e1',
  atMs: 1,
}
const started = { type: 'CheckoutStarted', data: plan } as const
const short = { type: 'CheckoutShortageMet', data: { productId, atMs } } as const
const chosen = (attempt: number) =>
  ({ type: 'CheckoutAttemptChosen', data: { attempt, because: 'renewal', atMs } }) as const
const ended = { type: 'CheckoutEnded', data: { outcome: 'FAILED', atMs } } as const

const start = { type: 'StartCheckout', ...plan } as const
const meetShortage = { type: 'MeetShortage', productId, atMs } as const
const choose = (attempt: number) => ({ type: 'ChooseAttempt', attempt, because: 'renewal', atMs }) as const
const end = { type: 'EndCheckout', outcome: 'FAILED', atMs } as const

const checkout = (...events: Parameters<typeof checkoutPlan.decider.evolve>[1][]) =>
  given(checkoutPlan.decider, ...events)

describe('the plan of a checkout', () => {
  it('starts once, and knows nothing before', () => {
    checkout().when(start).then(started)
    checkout(started).when(start).thenUnchanged()
    for (const command of [meetShortage, choose(2), end]) checkout().when(command).thenRefused('not-started')
  })

  it('remembers a shortage, once', () => {
    checkout(started).when(meetShortage).then(short)
    checkout(started, short).when(meetShortage).thenUnchanged()
  })

  it('only ever chooses a later attempt', () => {
    checkout(started).when(choose(2)).then(chosen(2))
    checkout(started).when(choose(1)).thenUnchanged()
    checkout(started, chosen(3)).when(choose(3)).thenUnchanged()
    checkout(started, chosen(3)).when(choose(4)).then(chosen(4))
  })

  it('ends once, and then nothing changes it', () => {
    checkout(started).when(end).then(ended)
    for (const command of [start, meetShortage, choose(2), end])
      checkout(started, ended).when(command).thenUnchanged()
    checkout(started, chosen(2), ended, short).when(choose(3)).thenUnchanged()
    checkout(short).when(meetShortage).thenRefused('not-started')
  })
})
