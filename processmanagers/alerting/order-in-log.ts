import { foldFacts, NO_FACTS, type Facts } from '#domain/inconsistency/facts.ts'
import { merchantPaymentIdOf, type OrderId } from '#domain/ids.ts'
import { orderCodec } from '#domain/order/codec.ts'
import type { OrderEvent } from '#domain/order/events.ts'
import { paymentCodec } from '#domain/payment/codec.ts'
import type { PaymentEvent } from '#domain/payment/events.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import { joinCodecs } from '#platform/eventstore/join-codecs.ts'
import type { EventStore } from '#platform/eventstore/port.ts'

/** Far more than a payment window has room for. */
const MOST_ATTEMPTS = 200

const codec = joinCodecs<[OrderEvent, PaymentEvent]>(orderCodec, paymentCodec)

/**
 * The facts about an order as its own streams tell them now. Attempts are numbered without gaps, so all are found,
 * also those no copy knows of. The order is read first: whatever money it judged is then among what is read after it.
 * @throws EventStoreUnavailable; UndecodableEvent when a stream holds an event this build cannot read.
 */
export const orderInLog = async (store: Pick<EventStore, 'read'>, orderId: OrderId): Promise<Facts> => {
  let facts = NO_FACTS
  const take = async (stream: string): Promise<boolean> => {
    let isThere = false
    for await (const recorded of store.read(stream)) {
      isThere = true
      const { id, createdAtMs } = recorded
      facts = foldFacts(facts, { ...decodeRecorded(codec, recorded), id, stream, createdAtMs })
    }
    return isThere
  }
  await take(`order-${orderId}`)
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1)
    if (!(await take(`payment-${merchantPaymentIdOf(orderId, attempt)}`))) break
  return facts
}
