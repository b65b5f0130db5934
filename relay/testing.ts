import { alertCodec } from '#domain/alert/codec.ts'
import { healed, raised } from '#domain/alert/samples.ts'
import type { EventCodec } from '#domain/codec.ts'
import type { DomainEvent } from '#domain/decider.ts'
import { merchantPaymentIdOf, OrderId } from '#domain/ids.ts'
import { orderCodec } from '#domain/order/codec.ts'
import * as order from '#domain/order/samples.ts'
import { paymentCodec } from '#domain/payment/codec.ts'
import * as payment from '#domain/payment/samples.ts'
import type { EventStore, RecordedEvent } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { KafkaUnreachable, type Kafka, type KafkaMessage } from '#platform/kafka/port.ts'

export const TOPIC_NAMES = { orders: 'orders.events.v1', payments: 'payments.events.v1', alerts: 'alerts.v1' }
export const SOURCE = 'https://shop.example'

/** What becomes of one call: it works, fails without effect, or its answer is lost after it worked. */
export type Fate = 'works' | 'fails' | 'answer-lost'

/** A Kafka that keeps messages in an array and fails when it is told to. */
export const memoryKafka = (fate: () => Fate = () => 'works') => {
  const kept: KafkaMessage[] = []
  const requests: number[] = []
  let underWay = 0
  const call = async (messages: readonly KafkaMessage[]): Promise<void> => {
    if (underWay > 0) throw new Error('Two requests at once')
    underWay += 1
    await Promise.resolve()
    underWay -= 1
    const what = fate()
    if (what === 'fails') throw new KafkaUnreachable('nobody there')
    kept.push(...messages)
    if (what === 'answer-lost') throw new KafkaUnreachable('no answer')
  }
  const kafka: Kafka = {
    reach: () => call([]),
    send: (messages) => {
      requests.push(messages.length)
      return call(messages)
    },
    close: () => Promise.resolve(),
  }
  return { kafka, kept, requests }
}

/** An event as a context would append it. */
export interface Fact {
  readonly stream: string
  readonly type: string
  readonly data: object
  readonly schemaVersion: number
  readonly orderId: string
  /** The order unless told. */
  readonly correlationId?: string
}

const fact = <E extends DomainEvent>(
  codec: EventCodec<E>,
  stream: string,
  orderId: string,
  event: E,
): Fact => ({
  stream,
  orderId,
  type: event.type,
  ...codec.encode(event),
})

export const orderIdOf = (nth: number): OrderId => OrderId.parse(derivedId('relay-spec', nth))

/** The life of the nth order as far as other systems hear of it: placed, payable, paid; its attempt; every tenth alerted. */
export const lifeOf = (nth: number): readonly Fact[] => {
  const orderId = orderIdOf(nth)
  const merchantPaymentId = merchantPaymentIdOf(orderId, 1)
  const ofOrder = (event: Parameters<typeof orderCodec.encode>[0]) =>
    fact(orderCodec, `order-${orderId}`, orderId, event)
  const ofPayment = (event: Parameters<typeof paymentCodec.encode>[0]) =>
    fact(paymentCodec, `payment-${merchantPaymentId}`, orderId, event)
  const alertId = derivedId('relay-spec-alert', nth)
  const ofAlert = (event: Parameters<typeof alertCodec.encode>[0]) =>
    fact(alertCodec, `alert-${alertId}`, orderId, event)
  return [
    ofOrder(withData(order.placed, { orderId })),
    ofPayment(withData(payment.requested, { orderId, merchantPaymentId })),
    ofPayment(payment.codeIssued),
    ofOrder(withData(order.awaiting(1), { merchantPaymentId })),
    ofPayment(payment.succeeded),
    ofOrder(withData(order.paid(1), { merchantPaymentId })),
    ...(nth % 10 === 0 ? [ofAlert(withData(raised, { alertId, orderId })), ofAlert(healed)] : []),
  ]
}

/** An alert that the nth order, put aside by the checkout, raises and that heals: its case is the parked key, not the order. */
export const parkedAlertOf = (nth: number): readonly Fact[] => {
  const orderId = orderIdOf(nth)
  const alertId = derivedId('relay-spec-parked', nth)
  return [withData(raised, { alertId, orderId, rule: 'process-parked', severity: 'P2' }), healed].map(
    (event) => ({
      ...fact(alertCodec, `alert-${alertId}`, orderId, event),
      correlationId: `parked/checkout/${orderId}`,
    }),
  )
}

/** How many messages a life leads to. */
export const messagesIn = (nth: number): number => (nth % 10 === 0 ? 6 : 4)

const withData = <E extends DomainEvent>(event: E, data: Partial<E['data']>): E => ({
  ...event,
  data: { ...event.data, ...data },
})

/** Appends facts to a log, each at the end of its stream. */
export const writerTo = (log: Pick<EventStore, 'append' | 'last'>) => {
  const heads = new Map<string, number>()
  let written = 0
  return async (facts: readonly Fact[]): Promise<void> => {
    for (const { stream, type, data, schemaVersion, orderId, correlationId = orderId } of facts) {
      const head = heads.get(stream) ?? (await log.last(stream))?.revision
      written += 1
      const id = derivedId('relay-spec-event', stream, (head ?? -1) + 1)
      const metadata = {
        correlationId,
        causationId: `cause-${written}`,
        commandId: id,
        actor: 'customer:customer-1',
        schemaVersion,
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      }
      const result = await log.append(stream, [{ id, type, data, metadata }], head ?? 'no-stream')
      if (result.kind === 'conflict') throw new Error(`${stream} has another head`)
      heads.set(stream, (head ?? -1) + 1)
    }
  }
}

/** A recorded event for specs of a translation alone. */
export const recordedAs = (fact: Fact, revision: number): RecordedEvent => ({
  stream: fact.stream,
  revision,
  position: (revision + 1) * 7,
  id: derivedId('relay-spec-event', fact.stream, revision),
  type: fact.type,
  data: fact.data,
  metadata: {
    correlationId: fact.orderId,
    causationId: 'cause',
    commandId: 'command',
    actor: 'customer:customer-1',
    schemaVersion: fact.schemaVersion,
  },
  createdAtMs: order.PLACED_AT_MS,
})

/** Ids by topic and key, each id where it came first: what a consumer has that passes over what it knows. */
export const firstSeen = (
  messages: readonly { readonly topic: string; readonly key: string; readonly id: string }[],
): Map<string, readonly string[]> => {
  const seen = new Map<string, string[]>()
  for (const { topic, key, id } of messages) {
    const name = `${topic}/${key}`
    const ids = seen.get(name) ?? []
    if (!ids.includes(id)) ids.push(id)
    seen.set(name, ids)
  }
  return seen
}

/** What `firstSeen` must come to for these lives. */
export const expectedOf = (
  lives: readonly number[],
  topics: Readonly<Record<'orders' | 'payments' | 'alerts', string>> = TOPIC_NAMES,
): Map<string, readonly string[]> => {
  const expected = new Map<string, readonly string[]>()
  for (const nth of lives) {
    const orderId = orderIdOf(nth)
    const id = (stream: string, revision: number) => derivedId('relay-spec-event', stream, revision)
    expected.set(
      `${topics.orders}/${orderId}`,
      [0, 1, 2].map((revision) => id(`order-${orderId}`, revision)),
    )
    expected.set(`${topics.payments}/${orderId}`, [id(`payment-${merchantPaymentIdOf(orderId, 1)}`, 2)])
    if (nth % 10 !== 0) continue
    const alertStream = `alert-${derivedId('relay-spec-alert', nth)}`
    expected.set(
      `${topics.alerts}/${orderId}`,
      [0, 1].map((revision) => id(alertStream, revision)),
    )
  }
  return expected
}
