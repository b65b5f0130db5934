import { idIn } from '../events.ts'
import { findingAt, step, type KeyedRule } from './rule.ts'

/**
 * I7, the order: it is placed once, under the one id that its stream and its correlation carry. The id is made from the
 * customer and the Idempotency-Key, and the same key with the same request can therefore only come to the same stream.
 * The key itself is not in the log, so the log cannot show which key an id was made from, nor that a repeat was
 * answered alike; the API's specs do.
 */
export const placedOnce: KeyedRule<true> = {
  name: 'I7',
  counts: 'orders',
  key: ({ recorded, event }) => (event?.type === 'OrderPlaced' ? recorded.stream : undefined),
  see: (before, fact) => {
    const { recorded, event } = fact
    if (event?.type !== 'OrderPlaced') return step(true)
    const { orderId } = event.data
    const { correlationId } = recorded.metadata
    const found = findingAt('I7', fact, orderId)
    return step<true>(
      true,
      before === undefined ? undefined : found('An order was placed again'),
      idIn(recorded.stream) === orderId && correlationId === orderId
        ? undefined
        : found('An order stands under another id than its own', { correlationId }),
    )
  },
}

/** I7, the request: one command places one order. */
export const oneOrderPerCommand: KeyedRule<string> = {
  name: 'I7',
  counts: 'placements',
  key: ({ recorded, event }) =>
    event?.type === 'OrderPlaced' && recorded.metadata.commandId !== ''
      ? recorded.metadata.commandId
      : undefined,
  see: (first, fact, commandId) => {
    const orderId = idIn(fact.recorded.stream)
    if (first === undefined || first === orderId) return step(orderId)
    return step(
      first,
      findingAt('I7', fact, orderId)('One command placed two orders', { commandId, other: first }),
    )
  },
}
