import { caseOf, findingAt, step, type Fact, type KeyedRule, type Step } from './rule.ts'
import { NONE, ORDER_REFUND, REFUND, TRANSITIONS, type Transitions } from './transitions.ts'

const tableOf = (stream: string): Transitions | undefined => TRANSITIONS[stream.slice(0, stream.indexOf('-'))]

/** I5: only legal transitions, and an end is an end. Needs no more of an event than its type. */
export const legalTransitions: KeyedRule<string> = {
  name: 'I5',
  counts: 'streams',
  key: ({ recorded }) => (tableOf(recorded.stream) === undefined ? undefined : recorded.stream),
  see: (state = NONE, fact) => {
    const table = tableOf(fact.recorded.stream)
    return table === undefined ? step(state) : transition(table, state, fact)
  },
  open: (state, stream) =>
    tableOf(stream)?.inFlight.includes(state) === true
      ? [
          {
            rule: 'I5',
            orderId: stream.slice(stream.indexOf('-') + 1),
            stream,
            message: `${stream.startsWith('order-') ? 'An order' : 'A checkout'} has not ended`,
            facts: { state },
          },
        ]
      : [],
}

/** I5, refunds: each is asked for once, and completed or rejected once. */
export const legalRefunds: KeyedRule<string> = {
  name: 'I5',
  counts: 'refunds',
  key: ({ recorded, event }) => {
    switch (event?.type) {
      case 'RefundRequested':
      case 'RefundCompleted':
      case 'RefundRejected':
        return `${recorded.stream}/${event.data.refundId}`
      default:
        return undefined
    }
  },
  see: (state = NONE, fact) => transition(REFUND, state, fact),
}

/** I5, refunds by staff: each is asked for once, and completed or rejected once. */
export const legalOrderRefunds: KeyedRule<string> = {
  name: 'I5',
  counts: 'refunds of orders',
  key: ({ recorded, event }) => {
    switch (event?.type) {
      case 'OrderRefundRequested':
      case 'OrderPartlyRefunded':
      case 'OrderRefunded':
      case 'OrderRefundRejected':
        return `${recorded.stream}/${event.data.refundId}`
      default:
        return undefined
    }
  },
  see: (state = NONE, fact) => transition(ORDER_REFUND, state, fact),
  open: (state, key) => {
    if (!ORDER_REFUND.inFlight.includes(state)) return []
    const [stream = key, refundId = ''] = key.split('/')
    return [
      {
        rule: 'I5',
        orderId: stream.slice(stream.indexOf('-') + 1),
        stream,
        message: 'A refund of an order has not ended',
        facts: { refundId },
      },
    ]
  },
}

const transition = ({ rows }: Transitions, state: string, fact: Fact): Step<string> => {
  const { type } = fact.recorded
  const next = rows[state]?.[type]
  if (next !== undefined) return step(next)
  const message = `${type} came where it may not`
  // To go on from where the event would lead, so that one wrong event is one finding.
  const elsewhere = Object.values(rows).find((row) => row[type] !== undefined)?.[type]
  return step(elsewhere ?? state, findingAt('I5', fact, caseOf(fact))(message, { state }))
}
