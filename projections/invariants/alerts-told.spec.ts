import { describe, expect, it } from 'vitest'
import type { AlertEvent } from '#domain/alert/events.ts'
import { raised as sample } from '#domain/alert/samples.ts'
import { USUAL_THRESHOLDS } from '#domain/inconsistency/occurrence.ts'
import { attemptId, failed, orderId, paid, placed, surplus } from '#domain/order/samples.ts'
import { refundCompleted, refundRequested } from '#domain/payment/samples.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import { logOf, recordedAtMs, type Entry } from '../given.ts'
import { decode } from '../events.ts'
import { alertsTold, NOTICED_WITHIN_MS } from './alerts-told.ts'
import { bookedTaken, inOrder, inPayment } from './expect-rule.ts'

const alertEvent = (event: AlertEvent, id = 'a1'): Entry => ({
  stream: `alert-${id}`,
  event,
  metadata: { correlationId: orderId },
})
type Raised = Extract<AlertEvent, { type: 'AlertRaised' }>['data']
const raised = (changes: Partial<Raised>, id?: string): Entry => {
  if (sample.type !== 'AlertRaised') throw new Error('The sample is an alert')
  return alertEvent({ type: 'AlertRaised', data: { ...sample.data, subject: attemptId(1), ...changes } }, id)
}
const resolved = alertEvent({
  type: 'AlertResolved',
  data: { resolution: { by: 'healed', reason: 'surplus-refunded' }, atMs: 1 },
})

const late = [inOrder(placed), inOrder(failed), bookedTaken(), inOrder(surplus('LATE', 1))]
const aboutLate = raised({ rule: 'C-late', triggerEventId: 'event-3' })
const returned = [inPayment(refundRequested('r1', 18_760)), inPayment(refundCompleted('r1'))]
const taken = [inOrder(placed), bookedTaken()]
const aboutTaken = raised({ rule: 'A', triggerEventId: 'event-1' })

/** What is found, and what is owed by this time; events are recorded one second apart unless told. */
const found = (
  entries: readonly Entry[],
  { atMs = [], untilMs }: { readonly atMs?: readonly number[]; readonly untilMs?: number } = {},
) => {
  const rule = alertsTold(USUAL_THRESHOLDS)
  const log: readonly RecordedEvent[] = logOf(entries).map((recorded, index) => ({
    ...recorded,
    createdAtMs: atMs[index] ?? recorded.createdAtMs,
  }))
  const findings = log.flatMap((recorded) => rule.see({ recorded, event: decode(recorded) }))
  return [...findings, ...rule.open(untilMs)].map(({ message }) => message)
}
const NOBODY = 'A rule is violated and nobody was told'

describe('I13, alerts', () => {
  it('are there for what happened, once somebody has had time to notice', () => {
    const sinceMs = recordedAtMs(3)
    expect(found(late, { untilMs: sinceMs + NOTICED_WITHIN_MS - 1 })).toStrictEqual([])
    expect(found(late, { untilMs: sinceMs + NOTICED_WITHIN_MS })).toStrictEqual([NOBODY])
    expect(found([...late, ...returned], { untilMs: sinceMs + NOTICED_WITHIN_MS })).toStrictEqual([NOBODY])
    expect(found([...late, aboutLate], { untilMs: sinceMs + 9e6 })).toStrictEqual([])
  })

  it('are there for what lasts, once its time is up too, and not for what passed', () => {
    const upMs = recordedAtMs(1) + USUAL_THRESHOLDS.unpaidSuccessMs + NOTICED_WITHIN_MS
    expect(found(taken, { untilMs: upMs - 1 })).toStrictEqual([])
    expect(found(taken, { untilMs: upMs })).toStrictEqual([NOBODY])
    expect(found([...taken, inOrder(paid(1))], { untilMs: upMs })).toStrictEqual([])
  })

  it('are resolved when they have healed', () => {
    const untilMs = recordedAtMs(9) + NOTICED_WITHIN_MS
    expect(found([...late, aboutLate, ...returned], { untilMs })).toStrictEqual([
      'An alert is open whose violation is over',
    ])
    expect(found([...late, aboutLate, ...returned, resolved], { untilMs })).toStrictEqual([])
  })

  it('are not raised before their time, nor about what had healed or never was, nor twice', () => {
    const raisedAt = (atMs: number) => ({ atMs: [recordedAtMs(0), recordedAtMs(1), atMs], untilMs: atMs })
    const { unpaidSuccessMs } = USUAL_THRESHOLDS
    expect(found([...taken, aboutTaken], raisedAt(recordedAtMs(1) + unpaidSuccessMs))).toStrictEqual([])
    expect(found([...taken, aboutTaken], raisedAt(recordedAtMs(1) + unpaidSuccessMs - 1))).toStrictEqual([
      'An alert was raised before its time was up',
    ])
    const healed = [...taken, inOrder(paid(1)), aboutTaken]
    const at = (heal: number, alert: number) => ({
      atMs: [recordedAtMs(0), recordedAtMs(1), heal, alert],
      untilMs: alert,
    })
    const upMs = recordedAtMs(1) + unpaidSuccessMs
    expect(found(healed, at(upMs + 100, upMs + 200))).toStrictEqual([])
    expect(found(healed, at(upMs - 20_000, upMs + 60_000))).toStrictEqual([
      'An alert was raised about what had healed in time',
    ])
    expect(found([inOrder(placed), raised({ rule: 'C-late', triggerEventId: 'event-0' })])).toStrictEqual([
      `An alert was raised that nothing in the log calls for, in case ${orderId}`,
    ])
    const twice = raised({ rule: 'C-late', triggerEventId: 'event-3' }, 'a2')
    expect(found([...late, aboutLate, twice])).toStrictEqual(['An alert was raised twice'])
  })

  it('are there for what stands still beside the orders', () => {
    const rule = alertsTold(USUAL_THRESHOLDS)
    const [event] = logOf([inOrder(placed)])
    if (event === undefined) throw new Error('The log is empty')
    const parked = { ...event, stream: 'parked-checkout', type: 'WorkParked', data: { key: 'k' } }
    expect(rule.see({ recorded: parked })).toStrictEqual([])
    const open = () => [...rule.open(event.createdAtMs + NOTICED_WITHIN_MS)].map(({ facts }) => facts)
    expect(open()).toStrictEqual([
      { rule: 'process-parked', subject: 'checkout/k', case: 'parked/checkout/k' },
    ])
    rule.see({ recorded: { ...parked, id: 'e2', type: 'KeyReleased' } })
    expect(open()).toStrictEqual([])
  })
})
