import { randomBytes } from 'node:crypto'
import { CustomerId, merchantPaymentIdOf, OrderId, type RefundId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import type { OrderCommand, PlaceOrder } from '#domain/order/commands.ts'
import { confirmPayment, PLACED_AT_MS, placeOrder } from '#domain/order/samples.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { openSqliteKeyring } from '#platform/keyring/sqlite.ts'
import { openMailbox } from '#platform/mail/mailbox.ts'
import { MailUnavailable, type Delivery, type Mail } from '#platform/mail/port.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { shopProfile } from '#seed/shop-profile.ts'
import { parking } from '../parking/parking.ts'
import { PROCESS_COLLECTIONS, startProcess } from '../runner.ts'
import { correspondence, type MailEnd } from './correspondence.ts'
import { MAILING, mailing } from './mailing.ts'
import { surplusRefundId } from './owed.ts'
import { wording } from './wording.ts'

/** `lost`: it takes the mail, and its answer never comes. */
export type ServerMood = 'well' | 'down' | 'refuses' | 'lost'

const never = (): Promise<never> => new Promise(() => {})
const EMAIL = 'hanako@example.com'

export interface MailingInstance {
  readonly readStore: ReadStore
  readonly status: () => { readonly parkedKeys: number; readonly openDeadlines: number }
  /** As by `kill -9`. */
  readonly kill: () => void
  readonly isDead: () => boolean
  readonly stop: () => Promise<void>
  readonly ends: readonly MailEnd['kind'][]
}

/** The mailing process on a clock that the spec moves: real decisions, keyring and mailbox, and a server of any mood before it. */
export const mailingBench = async () => {
  const clock = manualClock(PLACED_AT_MS)
  const log = memoryLog(clock)
  const keyring = openSqliteKeyring(':memory:', randomBytes(32))
  const mailbox = openMailbox({ file: ':memory:', keyring, clock })
  const commands = commandRunner({ store: log, clock, random: () => 0.5 })
  const shop = await shopProfile()
  const taken: Mail[] = []
  const read = new Set<string>()
  const instances: MailingInstance[] = []
  let mood: ServerMood = 'well'
  let tries = 0
  let ids = 0
  const newId = (): string => derivedId('spec', (ids += 1))

  const send = async (mail: Mail): Promise<Delivery> => {
    tries += 1
    if (mood === 'down') throw new MailUnavailable('The mail server did not take it: ECONNECTION')
    if (mood === 'refuses') return { kind: 'refused', code: '550' }
    const kept = await mailbox.send(mail)
    if (kept.kind === 'sent') taken.push(mail)
    if (mood === 'lost') throw new MailUnavailable('The mail server did not take it: ETIMEDOUT')
    return kept
  }

  const freshReadStore = async (): Promise<ReadStore> => {
    const readStore = openSqliteReadStore(':memory:')
    await readStore.prepare(PROCESS_COLLECTIONS)
    return readStore
  }

  /** Starts an instance, on the read store of an earlier one if given; it is killed at the nth edge of its calls if told. */
  const start = async (kept?: ReadStore, killedAt = Infinity): Promise<MailingInstance> => {
    const readStore = kept ?? (await freshReadStore())
    const stopping = new AbortController()
    let isDead = false
    let edges = 0
    const kill = (): void => {
      isDead = true
      stopping.abort()
    }
    const edge = (): boolean => {
      edges += 1
      if (edges === killedAt) kill()
      return isDead
    }
    const mortal =
      <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
      async (...args: A): Promise<T> => {
        if (edge()) return never()
        const answer = await call(...args)
        return edge() ? never() : answer
      }
    const store: EventStore = {
      ...log,
      append: mortal(log.append),
      read: (stream, ...range) => {
        read.add(stream)
        return log.read(stream, ...range)
      },
    }
    const own = commandRunner({ store, clock, random: () => 0.5 })
    const ends: MailEnd['kind'][] = []
    const process = startProcess(
      mailing({
        store,
        commands: own,
        keyring,
        mailer: { send: mortal(send) },
        clock,
        wording: wording({ shop, publicUrl: 'https://shop.example', simulatedPayments: true }),
        onEnd: (end) => ends.push(end),
      }),
      {
        store,
        readStore: { ...readStore, commit: mortal(readStore.commit) },
        commands: own,
        clock,
        signal: stopping.signal,
        log: () => {},
      },
    )
    const instance: MailingInstance = {
      readStore,
      status: process.status,
      kill,
      isDead: () => isDead,
      ends,
      stop: async () => {
        stopping.abort()
        if (!isDead) await Promise.all([process.stopped, clock.advance(60_000)])
      },
    }
    instances.push(instance)
    return instance
  }

  const tell = async (orderId: OrderId, command: OrderCommand): Promise<void> => {
    const commandId = newId()
    const { kind } = await commands.run(order, orderId, command, {
      commandId,
      correlationId: orderId,
      causationId: commandId,
      actor: 'system:spec',
    })
    if (kind !== 'accepted') throw new Error(`${command.type} was ${kind}`)
  }

  const place = async (
    changes: Partial<PlaceOrder> = {},
    contact: object | 'none' = { email: EMAIL },
  ): Promise<OrderId> => {
    const orderId = OrderId.parse(newId())
    const customerId = changes.customerId ?? CustomerId.parse('hanako')
    await tell(orderId, {
      ...placeOrder,
      customerId,
      ...(typeof contact === 'string' ? {} : { contact: await keyring.seal(customerId, 'contact', contact) }),
      ...changes,
      orderId,
    })
    return orderId
  }

  const attemptOf = (orderId: OrderId) => merchantPaymentIdOf(orderId, 1)
  const awaitPayment = (orderId: OrderId): Promise<void> =>
    tell(orderId, {
      type: 'AwaitPayment',
      merchantPaymentId: attemptOf(orderId),
      attempt: 1,
      codeExpiresAtMs: PLACED_AT_MS + 300_000,
      atMs: clock.nowMs(),
    })
  const confirm = (orderId: OrderId): Promise<void> =>
    tell(orderId, { ...confirmPayment(1), merchantPaymentId: attemptOf(orderId) })

  const eventsOf = (stream: string) => log.events.filter((event) => event.stream === stream)

  return {
    clock,
    log,
    keyring,
    mailbox,
    start,
    place,
    tell,
    awaitPayment,
    pay: async (orderId: OrderId): Promise<void> => {
      await awaitPayment(orderId)
      await confirm(orderId)
    },
    /** Money for an order that cannot take it any more, and its way back. */
    payTooLate: confirm,
    giveSurplusBack: async (orderId: OrderId, refundId = surplusRefundId(attemptOf(orderId))) => {
      const event = { type: 'RefundCompleted', data: { refundId, atMs: clock.nowMs() } } as const
      const stream = `payment-${attemptOf(orderId)}`
      const { schemaVersion, data } = payment.codec.encode(event)
      const metadata = {
        commandId: newId(),
        correlationId: orderId,
        causationId: orderId,
        actor: 'process:refunding',
        schemaVersion,
      }
      const last = eventsOf(stream).length - 1
      await log.append(
        stream,
        [{ id: newId(), type: event.type, data, metadata }],
        last < 0 ? 'no-stream' : last,
      )
    },
    refund: async (
      orderId: OrderId,
      refundId: RefundId,
      amount: { amountMinor: number; currency: string },
    ) => {
      const atMs = clock.nowMs()
      await tell(orderId, {
        type: 'RequestOrderRefund',
        refundId,
        amount,
        reason: 'sent back',
        returning: [],
        requestedBy: 'staff-1',
        atMs,
      })
      await tell(orderId, { type: 'CompleteOrderRefund', refundId, atMs })
    },
    serverIs: (next: ServerMood) => {
      mood = next
    },
    /** Every mail that was handed over, repeats included, in their order. */
    taken: () => taken,
    tries: () => tries,
    /** Whether any instance has read this stream. */
    hasRead: (stream: string) => read.has(stream),
    /** The mails in the customer's mailbox, oldest first. */
    kept: async (customerId = 'hanako') => {
      const list = await mailbox.list(customerId, 200)
      const mails = await Promise.all(list.map(({ mailId }) => mailbox.get(customerId, mailId)))
      return mails.flatMap((mail) => (mail === undefined ? [] : [mail])).toReversed()
    },
    /** What stands in the log of the order's mails: type and kind. */
    recorded: (orderId: OrderId): string[] =>
      eventsOf(`mail-${orderId}`).map((recorded) => {
        const event = decodeRecorded(correspondence.codec, recorded)
        return `${event.type} ${event.data.kind}`
      }),
    /** Lets what is under way end: a second of the clock. */
    settle: () => clock.advance(1_000),
    /** Asks for a parked order to be tried again, as staff do. */
    replay: (orderId: OrderId) =>
      commands.run(
        parking,
        MAILING,
        { type: 'RequestReplay', key: orderId, by: 'staff:spec', atMs: clock.nowMs() },
        { commandId: newId(), correlationId: orderId, causationId: orderId, actor: 'staff:spec' },
      ),
    parkedEvents: () => eventsOf(`parked-${MAILING}`).map(({ type }) => type),
    [Symbol.asyncDispose]: async () => {
      for (const { stop } of instances) await stop()
      await mailbox.close()
      await keyring.close()
    },
  }
}
