import { z } from 'zod'
import { OrderId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import type { OrderEvent } from '#domain/order/events.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentEvent } from '#domain/payment/events.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import { joinCodecs } from '#platform/eventstore/join-codecs.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { KeyringRefused, type Keyring } from '#platform/keyring/port.ts'
import type { Mailer } from '#platform/mail/port.ts'
import { stepContext } from '../command-context.ts'
import type { Deadlines, Process } from '../process.ts'
import { correspondence, type MailEnd } from './correspondence.ts'
import type { Letter } from './letter.ts'
import { written } from './letter.ts'
import { orderStory } from './order-story.ts'
import { mailsOf, type OwedMail, type Placed } from './owed.ts'

export const MAILING = 'mailing'

export interface MailingOptions {
  readonly store: Pick<EventStore, 'read'>
  readonly commands: CommandRunner
  readonly keyring: Pick<Keyring, 'open'>
  readonly mailer: Pick<Mailer, 'send'>
  readonly clock: Pick<Clock, 'nowMs'>
  /** What a mail says, in the buyer's language. */
  readonly wording: (placed: Placed, mail: OwedMail) => Letter
  /** Each end that this process recorded. */
  readonly onEnd?: (end: MailEnd['kind']) => void
  /** The mailer did not take one, or nobody knows; it is tried again. */
  readonly onFailure?: (error: unknown) => void
}

const HOUR_MS = 60 * 60_000
/** News older than this is none: nobody is written to about it, also not by a shop that mails for the first time. */
export const TOO_OLD_MS = 72 * HOUR_MS
/** For so long it is tried again by itself; then the order's mails are parked, and a person is told. */
export const TRIED_FOR_MS = 24 * HOUR_MS
const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 15 * 60_000
const ALARM = 'send'

const Address = z.object({ email: z.string().min(1) })
const context = stepContext(MAILING)
const key = OrderId

/** Waits half as long again as the news is old, within bounds: short after a hiccup, seldom in an outage. */
const pauseMs = (ageMs: number): number => Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, ageMs / 2))

/**
 * Tells buyers by mail what became of their order. What is owed follows from the order's story and is told in its order;
 * what was told stands in `mail-{orderId}`, one event per mail, so that neither a replay nor a lost checkpoint tells
 * anything twice. A crash between the mail server's word and that event repeats the mail under the same Message-ID.
 */
export const mailing = (options: MailingOptions): Process<OrderEvent | PaymentEvent> => {
  const { store, commands, keyring, mailer, clock } = options

  const recipientOf = async ({
    contact,
  }: Placed): Promise<{ readonly to: string; readonly keyId: string } | MailEnd> => {
    if (contact === undefined) return { kind: 'undeliverable', reason: 'no-address' }
    const opened = await keyring.open(contact, 'contact').catch((error: unknown) => {
      if (error instanceof KeyringRefused) return 'unreadable' as const
      throw error
    })
    if (opened === 'forgotten' || opened === 'unreadable') return { kind: 'undeliverable', reason: opened }
    const address = Address.safeParse(opened)
    if (!address.success) return { kind: 'undeliverable', reason: 'no-address' }
    return { to: address.data.email, keyId: contact.keyId }
  }

  const deliver = async (placed: Placed, mail: OwedMail): Promise<MailEnd> => {
    // Opened for each mail: the customer may have been forgotten since the last one.
    const recipient = await recipientOf(placed)
    if ('kind' in recipient) return recipient
    const delivery = await mailer.send({
      mailId: mail.mailId,
      customerId: placed.customerId,
      language: placed.locale,
      ...recipient,
      ...written(options.wording(placed, mail), placed.locale),
    })
    return delivery.kind === 'forgotten' ? { kind: 'undeliverable', reason: 'forgotten' } : delivery
  }

  /** Sends what is owed, in its order, until one is not taken: then the rest waits behind it. */
  const settle = async (orderId: OrderId, deadlines: Deadlines): Promise<void> => {
    const story = await orderStory(store, orderId)
    if (story === undefined) return
    const { ends } = await commands.state(correspondence, orderId)
    for (const mail of mailsOf(orderId, story.told)) {
      const ageMs = clock.nowMs() - mail.sinceMs
      if (ends.has(mail.mailId) || ageMs > TOO_OLD_MS) continue
      let end: MailEnd
      try {
        end = await deliver(story.placed, mail)
      } catch (error) {
        options.onFailure?.(error)
        if (ageMs > TRIED_FOR_MS) throw error
        deadlines.set(ALARM, clock.nowMs() + pauseMs(ageMs))
        return
      }
      const { mailId, causeId, tidings } = mail
      const { kind } = await commands.run(
        correspondence,
        orderId,
        { type: 'RecordMail', mailId, kind: tidings.kind, end, atMs: clock.nowMs() },
        context('RecordMail', mailId, orderId, causeId),
        { expectNew: ends.isEmpty() },
      )
      if (kind === 'accepted') options.onEnd?.(end.kind)
    }
    deadlines.clear(ALARM)
  }

  return {
    name: MAILING,
    codec: joinCodecs(order.codec, payment.codec),
    handles: [
      'OrderPlaced',
      'OrderPaid',
      'OrderFailed',
      'OrderCancelled',
      'OrderPartlyRefunded',
      'OrderRefunded',
      'RefundCompleted',
    ],
    key: ({ metadata }) => key.safeParse(metadata.correlationId).data,
    parallelism: 4,
    onEvent: async (_event, recorded, deadlines) => {
      // A shop that mails for the first time goes through its whole past here.
      if (clock.nowMs() - recorded.createdAtMs > TOO_OLD_MS) return
      await settle(OrderId.parse(recorded.metadata.correlationId), deadlines)
    },
    onDeadline: (orderId, _name, deadlines) => settle(OrderId.parse(orderId), deadlines),
  }
}
