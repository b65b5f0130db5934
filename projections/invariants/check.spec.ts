import { describe, expect, it } from 'vitest'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import { EventStoreUnavailable, type RecordedEvent } from '#platform/eventstore/port.ts'
import { checkoutPlan } from '#processmanagers/checkout/plan.ts'
import { watch } from '#processmanagers/payment-confirmation/watch.ts'
import { checkLog, KEPT_FINDINGS } from './check.ts'
import { inLines } from './report.ts'
import { retell, shopLog } from './testing.ts'

const paidOrder = {
  quantity: 1,
  renews: false,
  orphansFirst: false,
  end: 'paid',
  moneyComesLate: false,
} as const

const storeWith = async (events: readonly RecordedEvent[]) => {
  const clock = manualClock(0)
  const store = memoryLog(clock)
  await retell(events, store)
  const check = (settled: boolean) =>
    checkLog({
      store,
      clock,
      categories: ['order', 'payment', 'stock', 'checkout', 'confirmation'],
      readers: [checkoutPlan.codec, watch.codec],
      settled,
      patienceMs: 1_000,
    })
  return { store, clock, check }
}

describe('a check of the whole log', () => {
  const log = shopLog([paidOrder, paidOrder], 5, [0, 1])

  it('finds nothing in a healthy one, and says what it looked at', async () => {
    const { check } = await storeWith(log)
    const report = await check(true)
    expect(report).toMatchObject({ events: log.length, orders: 2, violations: 0, pending: 0, findings: [] })
    expect(inLines(report)).toStrictEqual([
      'rule    checked                                                      violations  pending',
      'schema  32 events                                                    0           0',
      'I1      2 orders, 0 wallets                                          0           0',
      'I2      2 orders                                                     0           0',
      'I3      2 orders                                                     0           0',
      'I4      2 products, 4 reservations, 2 orders, 0 orders with refunds  0           0',
      'I5      10 streams, 0 refunds, 0 refunds of orders                   0           0',
      'I6      2 orders with codes                                          0           0',
      'I7      2 orders, 2 placements                                       0           0',
      'I8      10 streams, 32 events                                        0           0',
      'I11     2 orders                                                     0           0',
      'I13     2 cases, 0 alerts                                            0           0',
      '',
      'invariants: 32 events, 2 orders, 0 violations',
    ])
  })

  it('counts what is under way as pending, and as a violation once nothing should be', async () => {
    const { check } = await storeWith(log.slice(0, 12))
    const running = await check(false)
    expect(running.violations).toBe(0)
    expect(running.pending).toBeGreaterThan(0)
    const settled = await check(true)
    expect(settled).toMatchObject({ violations: running.pending, pending: 0 })
    expect(settled.findings.map(({ is }) => is)).toStrictEqual(running.findings.map(() => 'violation'))
  })

  it('tells each finding in a line with its facts', async () => {
    const paid = log.findIndex(({ type }) => type === 'OrderPaid')
    const { check } = await storeWith(log.slice(0, paid))
    const lines = inLines(await check(false))
    const orderId = log[paid]?.metadata.correlationId
    expect(lines).toContain(
      `I5 pending: An order has not ended (order=${orderId} stream=order-${orderId} state=WAITING_PAYMENT)`,
    )
  })

  it('keeps a bounded number of findings, counts all, and says how many it left out', async () => {
    const [first] = log
    if (first === undefined) throw new Error('The log is empty')
    const events = Array.from({ length: KEPT_FINDINGS + 5 }, (_, n) => ({
      ...first,
      stream: `stock-p${n}`,
      id: `e${n}`,
      data: {},
    }))
    const { check } = await storeWith(events)
    const report = await check(false)
    expect(report.violations).toBe(KEPT_FINDINGS + 5)
    expect(report.findings).toHaveLength(KEPT_FINDINGS)
    expect(inLines(report)).toContain('… and 5 more')
  })

  it('gives up a log that says nothing', async () => {
    const { store, clock, check } = await storeWith(log)
    store.setAway(true)
    const checking = check(false)
    await Promise.all([expect(checking).rejects.toBeInstanceOf(EventStoreUnavailable), clock.advance(1_000)])
  })
})
