import { LRUCache } from 'lru-cache'
import { MerchantPaymentId } from '#domain/ids.ts'
import { notification, UNKNOWN_PAYMENT, unknownNotifications } from '#domain/notification/aggregate.ts'
import type { RecordNotification } from '#domain/notification/commands.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { CommandContext, CommandRunner } from '#platform/commands/runner.ts'
import { EventStoreUnavailable, type EventStore } from '#platform/eventstore/port.ts'
import type { NewId } from '#platform/ids/ids.ts'
import type { Confirmations } from '#processmanagers/payment-confirmation/confirmations.ts'
import { claimIn, surpriseIn, type Claim, type Surprise } from './claim.ts'
import type { RawBody } from './raw-body.ts'

/** What somebody posted to the webhook's address, and what is known of where it came from. */
export interface Delivery {
  /** See `rawBodyOf`. */
  readonly body: RawBody
  readonly sourceAddress: string
  /** Whether that address is on the provider's list. */
  readonly trusted: boolean
  /** Whether it was signed with a secret of ours; one that is signed wrongly does not come this far. */
  readonly signature: 'unsigned' | 'verified'
  /** The id of the request that brought it. */
  readonly causationId: string
  readonly traceparent?: string
}

/**
 * What became of a delivery that may be answered 200.
 * - `stored`: new, about an attempt of ours; the provider is asked.
 * - `repeated`: this body is stored already; the provider is asked all the same, because the question the first one
 *   led to may have gone unanswered.
 * - `inbox-full`: about an attempt of ours that has had more different bodies than anybody sends who means well; it is
 *   not stored, and the provider is asked.
 * - `unknown-payment`, `no-payment`, `unreadable`: it names no attempt of ours, none at all, or is no JSON object; it is
 *   kept in the ring, and nobody is asked.
 */
export interface Reception {
  readonly verdict: 'stored' | 'repeated' | 'inbox-full' | 'unknown-payment' | 'no-payment' | 'unreadable'
  /** The attempt of ours that it names, and the order it belongs to. */
  readonly attempt?: { readonly merchantPaymentId: MerchantPaymentId; readonly orderId: string }
  /** A word in it that nobody here knows; somebody should look. */
  readonly surprise?: Surprise
}

export interface Receiving {
  /**
   * Stores the delivery, then has the provider asked. Once it resolves, what is to be stored is durable. The same body
   * again is harmless.
   * @throws EventStoreUnavailable, ConflictsOutlasted: it may or may not be stored; the sender has to repeat it.
   */
  readonly receive: (delivery: Delivery) => Promise<Reception>
}

export interface ReceivingOptions {
  readonly clock: Clock
  readonly newId: NewId
  readonly commands: CommandRunner
  readonly eventStore: Pick<EventStore, 'last'>
  readonly confirmations: Confirmations
  /** A question that a delivery led to failed; the ladder asks again by itself. */
  readonly onQuestionFailed?: (error: unknown, merchantPaymentId: MerchantPaymentId) => void
  readonly answerWithinMs?: number
  readonly mostUnderWay?: number
}

/** The provider hangs up after 1.5 or 2 seconds (FAQ 4414048508047) and repeats a refusal sooner than a silence. */
const ANSWER_WITHIN_MS = 750
/** How many may wait for the log at once, those that were already answered among them. */
const MOST_UNDER_WAY = 256
/** Of those, how many may wait for the ring, whose stream takes one after the other: a flood of strangers ends here. */
const MOST_BEFORE_RING = 64
const REMEMBERED_ATTEMPTS = 20_000

/** Where everything goes that names no attempt of ours. */
export const UNKNOWN_NOTIFICATIONS_STREAM = `notification-${UNKNOWN_PAYMENT}`

/**
 * The inbox without HTTP: claim, known or not, store, ask. Deliveries are unsigned, so what one says is worth nothing
 * until the provider says it in answer to a question of ours (paypay.md §4.3).
 */
export const receiving = (options: ReceivingOptions): Receiving => {
  const { clock, newId, commands, eventStore, confirmations, onQuestionFailed } = options
  const { answerWithinMs = ANSWER_WITHIN_MS, mostUnderWay = MOST_UNDER_WAY } = options
  /** The order of each attempt that is known to exist. An attempt that is not may yet come to be. */
  const orders = new LRUCache<MerchantPaymentId, string>({ max: REMEMBERED_ATTEMPTS })
  let underWay = 0
  let beforeRing = 0

  const attemptNamed = async (claimed: string | undefined): Promise<Reception['attempt']> => {
    const id = MerchantPaymentId.safeParse(claimed)
    if (!id.success) return undefined
    const remembered = orders.get(id.data)
    if (remembered !== undefined) return { merchantPaymentId: id.data, orderId: remembered }
    const orderId = (await eventStore.last(`payment-${id.data}`))?.metadata.correlationId
    if (orderId === undefined) return undefined
    orders.set(id.data, orderId)
    return { merchantPaymentId: id.data, orderId }
  }

  const keepInRing = async (command: RecordNotification, context: CommandContext): Promise<void> => {
    if (beforeRing >= MOST_BEFORE_RING)
      throw new EventStoreUnavailable('Too many deliveries wait for the ring of unknown notifications')
    beforeRing += 1
    try {
      await commands.run(unknownNotifications, UNKNOWN_PAYMENT, command, context)
    } finally {
      beforeRing -= 1
    }
  }

  const store = async (delivery: Delivery): Promise<Reception> => {
    const { body, causationId, traceparent } = delivery
    const claim = claimIn(body.text)
    const surprise = surpriseIn(claim ?? {})
    const noted = surprise === undefined ? {} : { surprise }
    const attempt = await attemptNamed(claim?.merchantPaymentId)
    const context: CommandContext = {
      commandId: newId(),
      correlationId: attempt?.orderId ?? UNKNOWN_NOTIFICATIONS_STREAM,
      causationId,
      actor: 'provider:paypay',
      ...(traceparent === undefined ? {} : { traceparent }),
    }
    if (attempt === undefined) {
      const verdict = verdictOnStranger(claim)
      await keepInRing(recording(delivery, claim, verdict, clock), context)
      return { verdict, ...noted }
    }
    const { merchantPaymentId } = attempt
    const outcome = await commands.run(
      notification,
      merchantPaymentId,
      recording(delivery, claim, 'known-payment', clock),
      context,
      { expectNew: true },
    )
    confirmations.ask(merchantPaymentId, 'webhook').catch((error: unknown) => {
      onQuestionFailed?.(error, merchantPaymentId)
    })
    return { verdict: VERDICTS[outcome.kind], attempt, ...noted }
  }

  return {
    receive: (delivery) => {
      if (underWay >= mostUnderWay)
        return Promise.reject(new EventStoreUnavailable('Too many deliveries wait for the log'))
      underWay += 1
      return new Promise((resolve, reject) => {
        // Whatever was begun goes on: stored after all, it leads to its question, and the repeat finds it there.
        const cancel = clock.timer(answerWithinMs, () => {
          reject(new EventStoreUnavailable(`A delivery was not stored within ${answerWithinMs} ms`))
        })
        void store(delivery)
          .then(resolve, reject)
          .finally(() => {
            cancel()
            underWay -= 1
          })
      })
    },
  }
}

const VERDICTS = { accepted: 'stored', unchanged: 'repeated', refused: 'inbox-full' } as const

const verdictOnStranger = (claim: Claim | undefined) => {
  if (claim === undefined) return 'unreadable'
  return claim.merchantPaymentId === undefined ? 'no-payment' : 'unknown-payment'
}

const recording = (
  { body, sourceAddress, trusted, signature }: Delivery,
  claim: Claim | undefined,
  verdict: RecordNotification['verdict'],
  clock: Clock,
): RecordNotification => ({
  type: 'RecordNotification',
  rawBody: body.stored.content,
  bodyEncoding: body.stored.encoding,
  bodyCut: body.isCut,
  bodyHash: body.hash,
  claim: { ...claim },
  sourceAddress,
  trusted,
  signature,
  verdict,
  receivedAtMs: clock.nowMs(),
})
