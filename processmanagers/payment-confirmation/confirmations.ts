import type { CommandRunner } from '#platform/commands/runner.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { NewId } from '#platform/ids/ids.ts'
import type { PaymentProvider } from '#platform/paypay/port.ts'
import type { MerchantPaymentId } from '#domain/ids.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentCommand } from '#domain/payment/commands.ts'
import type { PaymentState } from '#domain/payment/decider.ts'
import type { Observation, ObservationSource } from '#domain/payment/events.ts'
import { givenUpOf } from '#domain/payment/state.ts'
import { verdictOf } from '#domain/payment/verdict.ts'
import { observationFrom } from './observation.ts'
import { pollTurns } from './poll-turns.ts'

/**
 * What asking the provider about an attempt came to.
 * - `succeeded`: it holds the buyer's money, and that is in the books.
 * - `failed`: it said definitely that there is none.
 * - `not-paid`: a bare CREATED, or it knows of no payment: nothing has happened yet.
 * - `in-flight`: the buyer is in the middle of paying, or paid a code that our own cancel may still undo; never to be
 *   given up.
 * - `unknown`: it did not answer readably; this changes nothing.
 */
export type Verdict = 'succeeded' | 'failed' | 'not-paid' | 'in-flight' | 'unknown'

export interface Confirmations {
  /**
   * Asks the provider and books the answer: the one path for webhook, return page, "I have paid", watcher, ladder and
   * operator. Asks about one attempt from one source are coalesced: a question that comes while another is under way
   * is answered by one more question after it, and where people or strangers can knock (a webhook, a buyer's or an
   * operator's button) there are at least `quietMs` between two. A ladder's question never makes a webhook wait, and
   * polls take turns (see `poll-turns.ts`) while all others go straight to the client, which sends them first.
   */
  readonly ask: (merchantPaymentId: MerchantPaymentId, source: ObservationSource) => Promise<Verdict>
}

export interface ConfirmationsOptions {
  readonly provider: PaymentProvider
  readonly commands: CommandRunner
  readonly clock: Clock
  readonly newId: NewId
  /** Once it is aborted no poll waits for its turn any more. */
  readonly signal?: AbortSignal
  readonly quietMs?: number
  readonly onVerdict?: (source: ObservationSource, verdict: Verdict) => void
}

const QUIET_MS = 2_000

/** A success that is not booked because our own cancel may still undo it. */
const isHeldBack = (state: PaymentState, { status }: Observation): boolean =>
  state.status !== 'succeeded' && givenUpOf(state).givenUp !== undefined && verdictOf(status) === 'success'

/** Of an attempt that a wallet pays, of which the provider knows nothing, all that can be known is in the books. */
const verdictInBooks = ({ status }: PaymentState): Verdict =>
  status === 'succeeded' || status === 'failed' ? status : 'in-flight'

export const confirmations = (options: ConfirmationsOptions): Confirmations => {
  const { provider, commands, clock, newId, quietMs = QUIET_MS, onVerdict } = options
  const polls = pollTurns(options.signal)

  const record = async (
    id: MerchantPaymentId,
    orderId: string,
    command: PaymentCommand,
  ): Promise<PaymentState> => {
    const commandId = newId()
    const context = { commandId, correlationId: orderId, causationId: commandId, actor: 'provider:paypay' }
    return (await commands.run(payment, id, command, context)).state
  }

  const askNow = async (
    merchantPaymentId: MerchantPaymentId,
    source: ObservationSource,
  ): Promise<Verdict> => {
    const before = await commands.recent(payment, merchantPaymentId)
    if (before.status !== 'none' && before.request.account !== undefined)
      return verdictInBooks(await commands.state(payment, merchantPaymentId))
    const answer =
      source === 'poll'
        ? await polls.ask(merchantPaymentId, (patienceMs) =>
            provider.paymentDetails(merchantPaymentId, 'soon', patienceMs),
          )
        : await provider.paymentDetails(merchantPaymentId, 'now')
    const observation = observationFrom(answer)
    if (observation === undefined) return 'unknown'
    // What the runner remembers is enough to see that the answer is no news; what is news is judged on the stream itself.
    const state = await commands.recent(payment, merchantPaymentId)
    if (state.status === 'none') return 'unknown'
    const command = {
      type: 'RecordPaymentObservation',
      observation,
      source,
      atMs: clock.nowMs(),
    } as const
    // When a cancel was answered is another's to record, so what the runner remembers may be older than that.
    const isNews =
      isHeldBack(state, observation) || payment.decider.decide(state, command).kind !== 'unchanged'
    const after = isNews ? await record(merchantPaymentId, state.request.orderId, command) : state
    if (after.status === 'succeeded') return 'succeeded'
    if (isHeldBack(after, observation)) return 'in-flight'
    if (after.status === 'failed') return 'failed'
    const bare =
      observation.status === 'not-found' ||
      (observation.status === 'CREATED' && observation.paymentId === undefined)
    return bare ? 'not-paid' : 'in-flight'
  }

  type Asking = {
    readonly current: Promise<Verdict>
    next: Promise<Verdict> | undefined
    readonly quietUntilMs: number
  }
  const asking = new Map<string, Asking>()

  const quiet = async ({ current, quietUntilMs }: Asking): Promise<void> => {
    await current.catch(() => {})
    const leftMs = quietUntilMs - clock.nowMs()
    if (leftMs > 0) await clock.sleep(leftMs)
  }

  const begin = (key: string, id: MerchantPaymentId, source: ObservationSource): Promise<Verdict> => {
    const quietUntilMs = clock.nowMs() + (source === 'poll' ? 0 : quietMs)
    const current = askNow(id, source).then((verdict) => {
      onVerdict?.(source, verdict)
      return verdict
    })
    const entry: Asking = { current, next: undefined, quietUntilMs }
    asking.set(key, entry)
    void quiet(entry).then(() => {
      if (asking.get(key) === entry && entry.next === undefined) asking.delete(key)
    })
    return current
  }

  return {
    ask: (id, source) => {
      const key = `${source} ${id}`
      const entry = asking.get(key)
      if (entry === undefined) return begin(key, id, source)
      entry.next ??= quiet(entry).then(() => begin(key, id, source))
      return entry.next
    },
  }
}
