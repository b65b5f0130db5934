import { describe, expect, it } from 'vitest'
import { NOON_MS, openPayment, waitingOrder } from './samples.ts'
import { paymentStage, type StageInput } from './payment-stage.ts'

const stage = (change: Partial<StageInput> = {}) =>
  paymentStage({ order: waitingOrder(), serverNowMs: NOON_MS, ...change })
const withPayment = (change: object, paymentMethod: 'PAYPAY' | 'WALLET' = 'PAYPAY') =>
  waitingOrder({ paymentMethod, payment: { ...openPayment, ...change } })
const fromWallet = (change: object = {}) => waitingOrder({ paymentMethod: 'WALLET', ...change })
const { url: _url, ...withoutUrl } = openPayment

describe('the stage of a payment', () => {
  it.each([
    ['preparing', 'no attempt yet', { order: waitingOrder({ status: 'PENDING', payment: undefined }) }],
    ['preparing', 'the code is asked for', { order: withPayment({ status: 'REQUESTED' }) }],
    ['preparing', 'a fresh code is on its way', { renewing: 'attempt-1' }],
    ['payable', 'the code is open', {}],
    ['payable', 'PayPay has seen no payment', { asked: 'not-paid' }],
    ['payable', 'the fresh code has come', { renewing: 'attempt-0' }],
    ['lapsed', 'its time is over', { serverNowMs: NOON_MS + 300_000 }],
    ['lapsed', 'the code was withdrawn', { order: withPayment({ status: 'DELETED' }) }],
    ['lapsed', 'there is no address to pay at', { order: waitingOrder({ payment: withoutUrl }) }],
    ['buyer-confirming', 'the order says so', { order: withPayment({ buyerIsConfirming: true }) }],
    [
      'buyer-confirming',
      'it lapsed in the middle of paying',
      {
        order: withPayment({ buyerIsConfirming: true, status: 'LAPSED' }),
      },
    ],
    ['buyer-confirming', 'PayPay says so', { asked: 'in-flight' }],
    ['unknown', 'PayPay does not answer', { asked: 'unknown' }],
    ['last-question', 'the time to pay is over', { serverNowMs: NOON_MS + 900_000 }],
    [
      'finishing',
      'PayPay has it, the order does not know yet',
      { order: withPayment({ status: 'SUCCEEDED' }) },
    ],
    ['finishing', 'PayPay said it has been paid', { asked: 'succeeded' }],
    [
      'taking',
      'the wallet has not been asked yet',
      { order: fromWallet({ status: 'PENDING', payment: undefined }) },
    ],
    [
      'taking',
      'the wallet has paid, the order does not know yet',
      { order: withPayment({ status: 'SUCCEEDED' }, 'WALLET') },
    ],
    [
      'taking',
      'a wallet is asked longer than there is time',
      { order: fromWallet(), serverNowMs: NOON_MS + 900_000 },
    ],
    ['ended', 'a wallet held too little', { order: fromWallet({ status: 'FAILED' }) }],
    ['ended', 'it is paid', { order: waitingOrder({ status: 'PAID' }), asked: 'unknown' }],
    ['ended', 'it was cancelled with the code still open', { order: waitingOrder({ status: 'CANCELLED' }) }],
  ] as const)('is %s when %s', (expected, _when, change) => {
    expect(stage(change as Partial<StageInput>)).toBe(expected)
  })
})
