import { describe, expect, it } from 'vitest'
import { fold, given, inWords } from '../given.ts'
import { money } from '../money/money.ts'
import type { OrderCommand } from './commands.ts'
import { orderDecider } from './decider.ts'
import type { OrderEvent } from './events.ts'
import {
  attemptId,
  awaiting,
  awaitPayment,
  cancelled,
  cancelOrder,
  confirmPayment,
  failed,
  failOrder,
  paid,
  placed,
  placeOrder,
  renewing,
  renewPayment,
  surplus,
  WINDOW_ENDS_AT_MS,
} from './samples.ts'

const order = (...events: readonly OrderEvent[]) => given(orderDecider, ...events)

describe('every command in every state', () => {
  const states = {
    none: [],
    PENDING: [placed],
    WAITING_PAYMENT: [placed, awaiting(1)],
    PAID: [placed, awaiting(1), paid(1)],
    FAILED: [placed, awaiting(1), failed],
    CANCELLED: [placed, awaiting(1), cancelled],
  }
  const commands = {
    PlaceOrder: placeOrder,
    AwaitPayment: awaitPayment(2),
    RenewPayment: renewPayment(1),
    ConfirmPayment: confirmPayment(2),
    FailOrder: failOrder,
    CancelOrder: cancelOrder,
  }
  type Answers = Record<keyof typeof commands, string>
  const allRefused = (why: string) => ({
    AwaitPayment: why,
    RenewPayment: why,
    FailOrder: why,
    CancelOrder: why,
  })
  const table: Record<keyof typeof states, Answers> = {
    none: {
      ...allRefused('no: unknown-order'),
      PlaceOrder: 'OrderPlaced',
      ConfirmPayment: 'no: unknown-order',
    },
    PENDING: {
      PlaceOrder: 'unchanged',
      AwaitPayment: 'OrderAwaitingPayment',
      RenewPayment: 'no: payment-not-ready',
      ConfirmPayment: 'OrderPaid',
      FailOrder: 'OrderFailed',
      CancelOrder: 'OrderCancelled',
    },
    WAITING_PAYMENT: {
      PlaceOrder: 'unchanged',
      AwaitPayment: 'OrderAwaitingPayment',
      RenewPayment: 'PaymentRenewalRequested',
      ConfirmPayment: 'OrderPaid',
      FailOrder: 'OrderFailed',
      CancelOrder: 'OrderCancelled',
    },
    PAID: {
      ...allRefused('no: order-already-paid'),
      PlaceOrder: 'unchanged',
      ConfirmPayment: 'SurplusPaymentRecorded',
    },
    FAILED: {
      ...allRefused('no: order-already-failed'),
      PlaceOrder: 'unchanged',
      ConfirmPayment: 'SurplusPaymentRecorded',
      FailOrder: 'unchanged',
    },
    CANCELLED: {
      ...allRefused('no: order-already-cancelled'),
      PlaceOrder: 'unchanged',
      ConfirmPayment: 'SurplusPaymentRecorded',
      CancelOrder: 'unchanged',
    },
  }

  it.each(Object.entries(states))('in %s', (status, events) => {
    const state = fold(orderDecider, events)
    const answers = Object.entries(commands).map(([name, command]: [string, OrderCommand]) => [
      name,
      inWords(orderDecider.decide(state, command)),
    ])
    expect(state.status).toBe(status)
    expect(Object.fromEntries(answers)).toStrictEqual(
      Object.entries(table).find(([name]) => name === status)?.[1],
    )
  })
})

describe('waiting for a payment', () => {
  it('shows the code of the first attempt', () => {
    order(placed).when(awaitPayment(1)).then(awaiting(1))
  })

  it('shows a later attempt in place of an earlier one', () => {
    order(placed, awaiting(1)).when(awaitPayment(2)).then(awaiting(2))
  })

  it('keeps the shown attempt when it, or an older one, is announced again', () => {
    order(placed, awaiting(2)).when(awaitPayment(2)).thenUnchanged()
    order(placed, awaiting(2)).when(awaitPayment(1)).thenUnchanged()
    order(placed, awaiting(2))
      .when({ ...awaitPayment(2), merchantPaymentId: attemptId(3) })
      .thenUnchanged()
    order(placed, awaiting(2))
      .when({ ...awaitPayment(2), attempt: 3 })
      .thenUnchanged()
  })
})

describe('renewing a lapsed code', () => {
  it('asks for the next attempt', () => {
    order(placed, awaiting(1)).when(renewPayment(1)).then(renewing(2))
    order(placed, awaiting(1), renewing(2), awaiting(2)).when(renewPayment(2)).then(renewing(3))
  })

  it('is one renewal however often the button is pressed', () => {
    order(placed, awaiting(1), renewing(2)).when(renewPayment(1)).thenUnchanged()
  })

  it('has been done already when the buyer saw an older attempt', () => {
    order(placed, awaiting(1), renewing(2), awaiting(2)).when(renewPayment(1)).thenUnchanged()
  })

  it('is possible until the last millisecond of the payment window, not after', () => {
    const lastMs = WINDOW_ENDS_AT_MS - 1
    order(placed, awaiting(1))
      .when(renewPayment(1, lastMs))
      .then({ type: 'PaymentRenewalRequested', data: { attempt: 2, requestedAtMs: lastMs } })
    order(placed, awaiting(1)).when(renewPayment(1, WINDOW_ENDS_AT_MS)).thenRefused('payment-window-over')
  })

  it('was pressed before the window ended, so pressing again after it changes nothing', () => {
    order(placed, awaiting(1), renewing(2)).when(renewPayment(1, WINDOW_ENDS_AT_MS)).thenUnchanged()
    order(placed, awaiting(2)).when(renewPayment(1, WINDOW_ENDS_AT_MS)).thenUnchanged()
  })
})

describe('confirming a payment', () => {
  it('takes the first success of the right amount, even before a code was shown', () => {
    order(placed).when(confirmPayment(1)).then(paid(1))
    order(placed, awaiting(2)).when(confirmPayment(1)).then(paid(1))
  })

  it('records a second success as surplus', () => {
    order(placed, awaiting(1), paid(1)).when(confirmPayment(2)).then(surplus('DOUBLE', 2))
  })

  it('records a success after the end as surplus', () => {
    order(placed, failed).when(confirmPayment(1)).then(surplus('LATE', 1))
    order(placed, cancelled).when(confirmPayment(1)).then(surplus('LATE', 1))
  })

  it.each([
    ['while waiting', [placed, awaiting(1)]],
    ['when paid', [placed, awaiting(2), paid(2)]],
    ['when failed', [placed, failed]],
    ['when cancelled', [placed, cancelled]],
  ])('records another amount or currency as mismatched %s', (_, events) => {
    for (const amount of [money(18_759, 'JPY'), money(18_761, 'JPY'), money(18_760, 'USD')])
      order(...events)
        .when(confirmPayment(1, amount))
        .then(surplus('MISMATCHED', 1, amount))
  })

  it('goes on waiting after a mismatched one', () => {
    const mismatched = surplus('MISMATCHED', 1, money(1, 'JPY'))
    order(placed, awaiting(1), mismatched).when(confirmPayment(2)).then(paid(2))
  })

  it('judges each attempt once, whatever is said of it later', () => {
    const mismatched = surplus('MISMATCHED', 1, money(1, 'JPY'))
    order(placed, mismatched).when(confirmPayment(1)).thenUnchanged()
    order(placed, mismatched, failed).when(confirmPayment(1)).thenUnchanged()
    order(placed, mismatched, cancelled).when(confirmPayment(1)).thenUnchanged()
    order(placed, mismatched, awaiting(2), paid(2)).when(confirmPayment(1)).thenUnchanged()
    order(placed, paid(1)).when(confirmPayment(1)).thenUnchanged()
    order(placed, paid(1))
      .when(confirmPayment(1, money(1, 'JPY')))
      .thenUnchanged()
    order(placed, paid(1), surplus('DOUBLE', 2)).when(confirmPayment(2)).thenUnchanged()
    order(placed, failed, surplus('LATE', 1)).when(confirmPayment(1)).thenUnchanged()
  })
})

describe('ending without payment', () => {
  it('fails for the reason given', () => {
    order(placed)
      .when({ ...failOrder, reason: 'INVENTORY_SHORTAGE' })
      .then({ type: 'OrderFailed', data: { reason: 'INVENTORY_SHORTAGE', atMs: WINDOW_ENDS_AT_MS } })
    order(placed, awaiting(1)).when(failOrder).then(failed)
  })

  it('is called off by the buyer or by staff', () => {
    order(placed).when(cancelOrder).then(cancelled)
    order(placed, awaiting(1))
      .when({ ...cancelOrder, by: 'staff' })
      .then({ type: 'OrderCancelled', data: { by: 'staff', atMs: cancelOrder.atMs } })
  })

  it('keeps its first reason', () => {
    const state = fold(orderDecider, [placed, failed])
    expect(state).toMatchObject({ status: 'FAILED', reason: 'PAYMENT_EXPIRED' })
    expect(fold(orderDecider, [placed, cancelled])).toMatchObject({ status: 'CANCELLED', by: 'customer' })
  })
})
