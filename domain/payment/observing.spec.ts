import { describe, it } from 'vitest'
import { given } from '../given.ts'
import { money } from '../money/money.ts'
import { paymentDecider } from './decider.ts'
import type { Observation, PaymentEvent } from './events.ts'
import {
  amount,
  AT_MS,
  codeDeleted,
  codeIssued,
  completed,
  failedAs,
  lapsed,
  observe,
  observed,
  orphaned,
  paymentId,
  requested,
  saying,
  succeeded,
} from './samples.ts'

const payment = (...events: readonly PaymentEvent[]) => given(paymentDecider, ...events)
const open = [requested, codeIssued]
const paid = [...open, observed(completed), succeeded]

describe('an answer that says nothing new', () => {
  it('changes nothing, whoever asked', () => {
    payment(...paid)
      .when(observe(completed, 'webhook'))
      .thenUnchanged()
    payment(...open, observed(saying('AUTHORIZED')))
      .when(observe(saying('AUTHORIZED')))
      .thenUnchanged()
  })

  it('is the bare CREATED of a code that was just issued', () => {
    payment(...open)
      .when(observe(saying('CREATED')))
      .thenUnchanged()
    payment(requested)
      .when(observe(saying('CREATED')))
      .then(observed(saying('CREATED')))
    payment(requested, observed(saying('not-found')), codeIssued)
      .when(observe(saying('CREATED')))
      .thenUnchanged()
  })

  it('may give another time of acceptance and its refunds in another order', () => {
    const one = { merchantRefundId: 'r1', amountMinor: 100, status: 'CREATED' }
    const two = { merchantRefundId: 'r2', amountMinor: 100, status: 'CREATED' }
    payment(...paid, observed({ ...completed, refunds: [one, two] }))
      .when(observe({ ...completed, acceptedAtMs: AT_MS, refunds: [two, one] }))
      .thenUnchanged()
  })
})

describe('an answer that differs', () => {
  const before: Observation = {
    ...completed,
    refunds: [{ merchantRefundId: 'r1', amountMinor: 100, status: 'CREATED' }],
  }
  const { amount: _amount, ...withoutAmount } = before
  const { paymentId: _paymentId, ...withoutPaymentId } = before
  const cases: Record<string, Observation> = {
    'in its status': { ...before, status: 'REFUNDED' },
    'in the payment id': { ...before, paymentId: '04137808670405270002' },
    'in the amount': { ...before, amount: money(999, 'JPY') },
    'in the currency': { ...before, amount: money(1_000, 'USD') },
    'in the number of refunds': { ...before, refunds: [] },
    'in the id of a refund': { ...before, refunds: [{ ...before.refunds[0]!, merchantRefundId: 'r2' }] },
    'in the amount of a refund': { ...before, refunds: [{ ...before.refunds[0]!, amountMinor: 101 }] },
    'in the status of a refund': { ...before, refunds: [{ ...before.refunds[0]!, status: 'REFUNDED' }] },
    'by leaving out the amount': { ...withoutAmount, status: 'REFUNDED' },
    'by leaving out the payment id': { ...withoutPaymentId, status: 'REFUNDED' },
  }

  it.each(Object.entries(cases))('%s is recorded', (_, observation) => {
    payment(...paid, observed(before))
      .when(observe(observation))
      .then(observed(observation))
  })

  it('may name an amount for the first time, or no longer', () => {
    const bare = saying('CREATED', { paymentId })
    const full = saying('CREATED', { paymentId, amount })
    payment(...open, observed(bare))
      .when(observe(full))
      .then(observed(full))
    payment(...open, observed(full))
      .when(observe(bare))
      .then(observed(bare))
    payment(...open, observed(bare))
      .when(observe(bare))
      .thenUnchanged()
  })

  it.each(['AUTHORIZED', 'REAUTHORIZING', 'REFUNDED', 'not-found'])('%s books nothing', (status) => {
    payment(...open)
      .when(observe(saying(status), 'operator'))
      .then(observed(saying(status), 'operator'))
  })

  it('is recorded as not-found after the code was deleted, once', () => {
    const notFound = observed(saying('not-found'))
    payment(...open, codeDeleted)
      .when(observe(saying('not-found')))
      .then(notFound)
    payment(...open, codeDeleted, notFound)
      .when(observe(saying('not-found')))
      .thenUnchanged()
  })
})

describe('an unknown answer', () => {
  it.each(['PROCESSING', '', 'COMPLETED!', 'TRANSACTION_FAILED'])('%j changes nothing', (status) => {
    payment(...open)
      .when(observe(saying(status, { paymentId, amount })))
      .thenUnchanged()
    payment(requested)
      .when(observe(saying(status)))
      .thenUnchanged()
  })

  it('is also a success that does not say which payment, or how much', () => {
    const { paymentId: _paymentId, ...withoutPaymentId } = completed
    const { amount: _amount, ...withoutAmount } = completed
    payment(...open)
      .when(observe(withoutPaymentId))
      .thenUnchanged()
    payment(...open)
      .when(observe({ ...completed, paymentId: '' }))
      .thenUnchanged()
    payment(...open)
      .when(observe(withoutAmount))
      .thenUnchanged()
  })
})

describe('a success', () => {
  it.each([
    ['before the code was known', [requested]],
    ['of an open code', open],
    ['of a deleted code', [...open, codeDeleted]],
    ['of a lapsed code', [...open, lapsed]],
    ['after a failure', [...open, observed(saying('FAILED')), failedAs('FAILED')]],
    ['after the request was rejected', [requested, failedAs('TRANSACTION_FAILED')]],
  ])('%s is booked with the answer that showed it', (_, events) => {
    payment(...events)
      .when(observe(completed))
      .then(observed(completed), succeeded)
  })

  it.each(['COMPLETED', 'SUCCESS', 'CAPTURED', 'captured'])('may be called %s', (status) => {
    const observation = { ...completed, status }
    payment(...open)
      .when(observe(observation))
      .then(observed(observation), succeeded)
  })

  it('counts from its acceptance, or from when it was seen', () => {
    const { acceptedAtMs: _, ...undated } = completed
    payment(...open)
      .when(observe(undated, 'webhook'))
      .then(observed(undated, 'webhook'), {
        type: 'PaymentSucceeded',
        data: { paymentId, amount, succeededAtMs: AT_MS, source: 'webhook', atMs: AT_MS },
      })
    payment(...open)
      .when(observe({ ...undated, acceptedAtMs: 0 }))
      .then(observed({ ...undated, acceptedAtMs: 0 }), {
        type: 'PaymentSucceeded',
        data: { paymentId, amount, succeededAtMs: 0, source: 'poll', atMs: AT_MS },
      })
  })

  it('is booked once: another one is only recorded', () => {
    const again = { ...completed, paymentId: '04137808670405270002' }
    payment(...paid)
      .when(observe(again))
      .then(observed(again))
  })

  it('that was recorded but not booked is booked when it is seen again', () => {
    payment(...open, observed(completed))
      .when(observe(completed))
      .then(succeeded)
  })
})

describe('a failure', () => {
  const words = ['FAILED', 'FAILURE', 'DECLINED', 'CANCELED', 'CANCELLED', 'TIMED_OUT', 'EXPIRED', 'declined']

  it.each(words)('%s is booked with the answer that showed it', (word) => {
    for (const events of [[requested], open, [...open, lapsed], [requested, orphaned]])
      payment(...events)
        .when(observe(saying(word), 'return'))
        .then(observed(saying(word), 'return'), failedAs(word, 'return'))
  })

  it('is booked once', () => {
    const failed = [...open, observed(saying('FAILED')), failedAs('FAILED')]
    payment(...failed)
      .when(observe(saying('FAILED')))
      .thenUnchanged()
    payment(...failed)
      .when(observe(saying('EXPIRED')))
      .then(observed(saying('EXPIRED')))
  })

  it('never takes back a success', () => {
    payment(...paid)
      .when(observe(saying('CANCELED')))
      .then(observed(saying('CANCELED')))
    payment(...paid, observed(saying('CANCELED')))
      .when(observe(completed))
      .then(observed(completed))
  })
})

describe('an attempt that was never requested', () => {
  it('cannot be observed', () => {
    payment().when(observe(completed)).thenRefused('unknown-attempt')
    payment()
      .when(observe(saying('PROCESSING')))
      .thenRefused('unknown-attempt')
  })
})
