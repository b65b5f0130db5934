import { describe, it } from 'vitest'
import { given } from '#domain/given.ts'
import { MerchantPaymentId, OrderId } from '#domain/ids.ts'
import { watch } from './watch.ts'

const watched = {
  merchantPaymentId: MerchantPaymentId.parse('kessai_1_a1'),
  orderId: OrderId.parse('0199aaaa-0000-7000-8000-000000000001'),
  windowEndsAtMs: 100,
  requestedEventId: 'e1',
  atMs: 1,
}
const opened = { type: 'ConfirmationOpened', data: watched } as const
const closed = { type: 'ConfirmationClosed', data: { reason: 'succeeded', atMs: 2 } } as const
const open = { type: 'OpenConfirmation', ...watched } as const
const close = { type: 'CloseConfirmation', reason: 'succeeded', atMs: 2 } as const

describe('the watch over an attempt', () => {
  it('opens once and closes once', () => {
    given(watch.decider).when(open).then(opened)
    given(watch.decider, opened).when(open).thenUnchanged()
    given(watch.decider, opened).when(close).then(closed)
    given(watch.decider, opened, closed).when(close).thenUnchanged()
    given(watch.decider, opened, closed).when(open).thenUnchanged()
  })

  it('cannot close before it was opened', () => {
    given(watch.decider).when(close).thenRefused('not-opened')
    given(watch.decider, closed).when(close).thenRefused('not-opened')
  })
})
