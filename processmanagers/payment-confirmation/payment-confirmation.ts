import { MerchantPaymentId } from '#domain/ids.ts'
import { notification, UNKNOWN_PAYMENT } from '#domain/notification/aggregate.ts'
import type { NotificationEvent } from '#domain/notification/events.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentEvent } from '#domain/payment/events.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import { joinCodecs } from '#platform/eventstore/join-codecs.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import { stepContext } from '../command-context.ts'
import type { Deadlines, Process } from '../process.ts'
import type { Confirmations } from './confirmations.ts'
import { productionLadder, requireWatchOutlivesCodes, USUAL_CODE_LIFE_MS, type Ladder } from './ladder.ts'
import { watch, type Watched } from './watch.ts'

/** The next rung of the ladder. */
const ASK = 'ask'
/** A notification came in: ask now. An alarm and not a call, so that a hundred of them in a row are one question. */
const HINT = 'hint'

/** How soon a hint about an attempt that is watched no more is taken up again when the provider does not answer. */
const HINT_AGAIN_MS = 60_000

const context = stepContext('confirmation')

export interface PaymentConfirmationOptions {
  readonly commands: CommandRunner
  readonly confirmations: Confirmations
  readonly clock: Clock
  /** The production one unless told. */
  readonly ladder?: Ladder
  /** How long the provider lets a code be paid; the usual time unless told. */
  readonly codeLifeMs?: number
}

/**
 * How many attempts may be in a question or wait for one. A poll that waits for its turn holds its place here, so this
 * is also how many silent ones there may be before others wait for them.
 */
const PARALLELISM = 1_024

/**
 * The guarantee that every payment is noticed: each attempt is asked about by a ladder from its request until it ends,
 * or for a day. Webhooks only make it faster; with none at all it works the same.
 * @throws ConfigurationError when the ladder ends before the codes surely have.
 */
export const paymentConfirmation = ({
  commands,
  confirmations,
  clock,
  ladder = productionLadder,
  codeLifeMs = USUAL_CODE_LIFE_MS,
}: PaymentConfirmationOptions): Process<PaymentEvent | NotificationEvent> => {
  requireWatchOutlivesCodes(ladder, codeLifeMs)
  const close = async (
    id: MerchantPaymentId,
    watched: Watched,
    reason: 'succeeded' | 'failed' | 'never-paid',
    causationId: string,
    deadlines: Deadlines,
  ): Promise<void> => {
    await commands.run(
      watch,
      id,
      { type: 'CloseConfirmation', reason, atMs: clock.nowMs() },
      context('close', id, watched.orderId, causationId),
    )
    deadlines.clear(ASK)
  }

  /**
   * A code whose life is over and that nobody paid has lapsed; the attempt stays watched.
   * @returns whether the buyer could pay it right now.
   */
  const lapseIfOver = async (
    id: MerchantPaymentId,
    watched: Watched,
    askedAtMs: number,
  ): Promise<boolean> => {
    const state = await commands.recent(payment, id)
    if (state.status !== 'open') return false
    if (state.lapsed || askedAtMs <= state.code.expiresAtMs + ladder.lapseGraceMs)
      return !state.lapsed && !state.code.deleted
    await commands.run(
      payment,
      id,
      { type: 'LapseCode', atMs: clock.nowMs() },
      context('lapse', id, watched.orderId, watched.requestedEventId),
    )
    return false
  }

  const askAbout = async (
    id: MerchantPaymentId,
    watched: Watched,
    source: 'webhook' | 'poll',
    deadlines: Deadlines,
  ): Promise<void> => {
    const askedAtMs = clock.nowMs()
    const verdict = await confirmations.ask(id, source)
    // The payment's own event, which the answer has just written, closes the confirmation.
    if (verdict === 'succeeded' || verdict === 'failed') return
    let payable = true
    if (verdict === 'not-paid') {
      payable = await lapseIfOver(id, watched, askedAtMs)
      if (askedAtMs > watched.windowEndsAtMs + ladder.watchMs)
        return close(id, watched, 'never-paid', watched.requestedEventId, deadlines)
    }
    const nowMs = clock.nowMs()
    // A code that is deleted or lapsed is asked about as one whose window is over: less often.
    const hurryUntilMs = payable ? watched.windowEndsAtMs : Math.min(watched.windowEndsAtMs, nowMs)
    deadlines.set(ASK, nowMs + ladder.nextAskMs(nowMs, hurryUntilMs))
  }

  return {
    name: 'payment-confirmation',
    codec: joinCodecs<[PaymentEvent, NotificationEvent]>(payment.codec, notification.codec),
    handles: ['PaymentRequested', 'PaymentSucceeded', 'PaymentFailed', 'ProviderNotificationReceived'],
    // Notifications about payments of other systems wait in a stream of their own; nobody asks about those.
    key: (recorded) =>
      recorded.stream === `notification-${UNKNOWN_PAYMENT}` ? undefined : merchantPaymentIdOf(recorded),
    parallelism: PARALLELISM,

    onEvent: async (event, recorded, deadlines) => {
      const id = MerchantPaymentId.parse(merchantPaymentIdOf(recorded))
      switch (event.type) {
        case 'PaymentRequested': {
          const { orderId, method, windowEndsAtMs, requestedAtMs } = event.data
          // A wallet's word is in the books already, and the provider knows nothing of it.
          if (method === 'WALLET') return
          const opened = await commands.run(
            watch,
            id,
            {
              type: 'OpenConfirmation',
              merchantPaymentId: id,
              orderId,
              windowEndsAtMs,
              requestedEventId: recorded.id,
              atMs: clock.nowMs(),
            },
            context('open', id, orderId, recorded.id),
            { expectNew: true },
          )
          if (opened.state.status === 'open') deadlines.set(ASK, requestedAtMs + ladder.firstAskMs)
          return
        }
        case 'ProviderNotificationReceived':
          deadlines.set(HINT, clock.nowMs())
          return
        case 'PaymentSucceeded':
        case 'PaymentFailed': {
          const state = await commands.recent(watch, id)
          if (state.status !== 'open') return
          return close(
            id,
            state.watched,
            event.type === 'PaymentSucceeded' ? 'succeeded' : 'failed',
            recorded.id,
            deadlines,
          )
        }
        default:
          return
      }
    },

    onDeadline: async (key, name, deadlines) => {
      const id = MerchantPaymentId.parse(key)
      const state = await commands.recent(watch, id)
      if (state.status === 'open')
        return askAbout(id, state.watched, name === HINT ? 'webhook' : 'poll', deadlines)
      if (name !== HINT) return
      const verdict = await confirmations.ask(id, 'webhook')
      if (state.status !== 'closed') return
      const nowMs = clock.nowMs()
      if (verdict === 'unknown') deadlines.set(HINT, nowMs + HINT_AGAIN_MS)
      // Money that surfaced this late, and that a cancel of ours may still undo, is followed like that of an open watch.
      if (verdict === 'in-flight')
        deadlines.set(HINT, nowMs + ladder.nextAskMs(nowMs, state.watched.windowEndsAtMs))
    },
  }
}

const merchantPaymentIdOf = ({ stream }: RecordedEvent): string => stream.slice(stream.indexOf('-') + 1)
