import type { OrderEvent } from '#domain/order/events.ts'
import type { Money } from '#domain/money/money.ts'
import { derivedId } from '#platform/ids/ids.ts'
import type { MailKind } from './correspondence.ts'

type DataOf<T extends OrderEvent['type']> = Extract<OrderEvent, { readonly type: T }>['data']
export type Placed = DataOf<'OrderPlaced'>

/** An event of an order's stream, or the end of a surplus payment's refund, with its place in time. */
export interface Told<E> {
  readonly event: E
  readonly eventId: string
  /** When the log took it. */
  readonly createdAtMs: number
}

/** Money that the order could not take has gone back. */
export interface SurplusReturned {
  readonly type: 'SurplusReturned'
  readonly data: DataOf<'SurplusPaymentRecorded'> & { readonly refundId: string; readonly atMs: number }
}

/** What one mail tells, by its kind. */
export type Tidings =
  | { readonly kind: 'received' }
  | { readonly kind: 'paid'; readonly paid: DataOf<'OrderPaid'> }
  | { readonly kind: 'failed'; readonly failed: DataOf<'OrderFailed'> }
  | { readonly kind: 'cancelled'; readonly cancelled: DataOf<'OrderCancelled'> }
  | {
      readonly kind: 'partly-refunded' | 'refunded'
      readonly refund: { readonly amount: Money; readonly refundedInTotal: Money; readonly atMs: number }
    }
  | { readonly kind: 'surplus-refunded'; readonly surplus: SurplusReturned['data'] }

export type OwedMail = {
  readonly mailId: string
  /** The event that it tells of. */
  readonly causeId: string
  readonly sinceMs: number
} & { readonly tidings: Tidings }

/** The refund of a surplus payment has this id, see `remediation`. */
export const surplusRefundId = (merchantPaymentId: string): string => `${merchantPaymentId}_r1`

/** All mails that an order's story asks for, oldest first: the same story asks for the same mails under the same ids. */
export const mailsOf = (orderId: string, story: readonly Told<OrderEvent | SurplusReturned>[]): OwedMail[] =>
  story.flatMap(({ event, eventId, createdAtMs }) => {
    const told = tidingsOf(event)
    if (told === undefined) return []
    const { about, tidings } = told
    const mailId = mailIdOf(orderId, tidings.kind, about)
    return [{ mailId, causeId: eventId, sinceMs: createdAtMs, tidings }]
  })

export const mailIdOf = (orderId: string, kind: MailKind, about: string): string =>
  derivedId('mail', orderId, kind, about)

const tidingsOf = (
  event: OrderEvent | SurplusReturned,
): { readonly about: string; readonly tidings: Tidings } | undefined => {
  switch (event.type) {
    case 'OrderPlaced':
      return { about: '', tidings: { kind: 'received' } }
    case 'OrderPaid':
      return { about: '', tidings: { kind: 'paid', paid: event.data } }
    case 'OrderFailed':
      return { about: '', tidings: { kind: 'failed', failed: event.data } }
    case 'OrderCancelled':
      return { about: '', tidings: { kind: 'cancelled', cancelled: event.data } }
    case 'OrderPartlyRefunded':
      return { about: event.data.refundId, tidings: { kind: 'partly-refunded', refund: event.data } }
    case 'OrderRefunded':
      return { about: event.data.refundId, tidings: { kind: 'refunded', refund: event.data } }
    case 'SurplusReturned':
      return { about: event.data.refundId, tidings: { kind: 'surplus-refunded', surplus: event.data } }
    default:
      // Steps on the way; whoever pays follows them on the page.
      return undefined
  }
}
