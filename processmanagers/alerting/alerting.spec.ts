import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alert } from '#domain/alert/aggregate.ts'
import { ObservationSource } from '#domain/payment/events.ts'
import { USUAL_THRESHOLDS } from '#domain/inconsistency/occurrence.ts'
import { EventStoreUnavailable } from '#platform/eventstore/port.ts'
import { parking } from '../parking/parking.ts'
import { PAYPAY, providerStanding } from './credentials.ts'
import { EVERY_MS, openDesk, orderId, WINDOW_MS, type Desk } from './testing.ts'

const SECOND_MS = 1_000
const HOUR_MS = 3_600_000

const takenUnjudged = async (desk: Desk): Promise<void> => {
  await desk.place()
  await desk.open()
  await desk.observe('COMPLETED')
}
const paidLate = async (desk: Desk): Promise<void> => {
  await desk.place()
  await desk.open()
  await desk.fail()
  await desk.observe('COMPLETED', 'webhook')
  await desk.confirm()
}

describe('alerting', () => {
  it('tells of a state once it has lasted, not before, and that it is over', async () => {
    const desk = openDesk()
    await takenUnjudged(desk)
    desk.start()
    await desk.clock.advance(29 * SECOND_MS)
    expect(desk.alerts()).toStrictEqual([])
    await desk.clock.advance(EVERY_MS + SECOND_MS)
    expect(desk.alerts()).toStrictEqual(['A'])
    await desk.clock.advance(WINDOW_MS)
    expect(desk.alerts()).toStrictEqual(['A'])
    await desk.confirm()
    await desk.clock.advance(EVERY_MS)
    expect(desk.alerts()).toStrictEqual(['A', 'A order-paid'])
    await desk.stop()
  })

  it('tells of surplus at once, with its facts, also when it has gone back by then', async () => {
    const desk = openDesk()
    await paidLate(desk)
    await desk.refund()
    await desk.refunded()
    desk.start()
    await desk.clock.advance(EVERY_MS + SECOND_MS)
    expect(desk.alerts()).toStrictEqual(['C-late', 'C-late surplus-refunded'])
    const raised = desk.log.events.find(({ type }) => type === 'AlertRaised')
    expect(raised).toMatchObject({
      data: {
        orderId,
        severity: 'P1',
        source: 'webhook',
        facts: { orderStatus: 'FAILED', paymentSuccessCount: 1, refunded: { amountMinor: 1_000 } },
      },
      metadata: { correlationId: orderId, actor: 'process:alerting' },
    })
    await desk.stop()
  })

  it('says nothing of an order that is paid in time', async () => {
    const desk = openDesk()
    desk.start()
    await takenUnjudged(desk)
    await desk.clock.advance(20 * SECOND_MS)
    await desk.confirm()
    await desk.clock.advance(HOUR_MS)
    expect(desk.alerts()).toStrictEqual([])
    await desk.stop()
  })

  it('judges on the log where the copy stands still', async () => {
    const desk = openDesk()
    await takenUnjudged(desk)
    desk.freeze()
    await desk.confirm()
    desk.start()
    await desk.clock.advance(HOUR_MS)
    expect(desk.alerts()).toStrictEqual([])
    desk.thaw()
    await desk.clock.advance(HOUR_MS)
    expect(desk.alerts()).toStrictEqual([])
    await desk.stop()
  })

  it('is misled by no clock on the wall, whichever way it jumps', async () => {
    const desk = openDesk()
    await takenUnjudged(desk)
    let jumpMs = 0
    desk.start({}, { nowMs: () => desk.clock.nowMs() + jumpMs })
    await desk.clock.advance(10 * SECOND_MS)
    jumpMs = HOUR_MS
    await desk.clock.advance(10 * SECOND_MS)
    expect(desk.alerts()).toStrictEqual([])
    jumpMs = -HOUR_MS
    await desk.clock.advance(15 * SECOND_MS + EVERY_MS)
    expect(desk.alerts()).toStrictEqual(['A'])
    await desk.stop()
  })

  it('does not take an open order for one past its window because the clock on the wall is ahead', async () => {
    const desk = openDesk()
    await desk.place()
    desk.start({}, { nowMs: () => desk.clock.nowMs() + 24 * HOUR_MS })
    await desk.clock.advance(WINDOW_MS + USUAL_THRESHOLDS.unknownPaymentMs - SECOND_MS)
    expect(desk.alerts()).toStrictEqual([])
    await desk.clock.advance(2 * EVERY_MS)
    expect(desk.alerts()).toStrictEqual(['payment-unknown'])
    await desk.fail()
    await desk.clock.advance(EVERY_MS)
    expect(desk.alerts()).toStrictEqual(['payment-unknown', 'payment-unknown order-failed'])
    await desk.stop()
  })

  it('is misled for no longer than it lasts by a clock of the log that was ahead for a while', async () => {
    const desk = openDesk()
    desk.start()
    desk.setLogAhead(48 * HOUR_MS)
    await desk.place()
    await desk.clock.advance(EVERY_MS)
    desk.setLogAhead(0)
    await desk.open()
    await desk.refund()
    await desk.clock.advance(WINDOW_MS + USUAL_THRESHOLDS.unknownPaymentMs - 2 * EVERY_MS)
    expect(desk.alerts()).toStrictEqual([])
    await desk.fail()
    await desk.clock.advance(HOUR_MS)
    expect(desk.alerts()).toStrictEqual([])
    await desk.stop()
  })

  it('waits after a downtime, however old everything looks, until the processes could catch up', async () => {
    const desk = openDesk()
    await takenUnjudged(desk)
    await desk.clock.advance(24 * HOUR_MS)
    desk.start()
    await desk.clock.advance(20 * SECOND_MS)
    await desk.confirm()
    await desk.clock.advance(HOUR_MS)
    expect(desk.alerts()).toStrictEqual([])
    await desk.stop()
  })

  it('raises nothing again when it begins anew, or twice at once', async () => {
    const desk = openDesk()
    await paidLate(desk)
    desk.start()
    desk.start()
    await desk.clock.advance(EVERY_MS)
    await desk.stop()
    desk.freeze()
    desk.start()
    await desk.clock.advance(HOUR_MS)
    expect(desk.alerts()).toStrictEqual(['C-late'])
    await desk.stop()
  })

  it.each(['before', 'after'] as const)(
    'raises and resolves once when it dies %s any of its calls',
    async (when) => {
      const desk = openDesk()
      await paidLate(desk)
      await desk.refund()
      await desk.refunded()
      let deaths = 0
      for (let nth = 1; nth <= 40; nth += 1) {
        let calls = 0
        const dies = async <T>(call: () => Promise<T>): Promise<T> => {
          calls += 1
          if (calls === nth && when === 'before') throw new EventStoreUnavailable('died')
          const answer = await call()
          if (calls < nth || (calls === nth && when === 'before')) return answer
          deaths += calls === nth ? 1 : 0
          return new Promise<T>(() => {})
        }
        desk.start({
          store: {
            last: (stream) => dies(() => desk.log.last(stream)),
            read: (...call) => desk.log.read(...call),
          },
          commands: { run: (...call) => dies(() => desk.commands.run(...call)) },
        })
        await desk.clock.advance(3 * EVERY_MS)
        await desk.stop()
      }
      desk.start()
      await desk.clock.advance(3 * EVERY_MS)
      expect(desk.alerts()).toStrictEqual(['C-late', 'C-late surplus-refunded'])
      if (when === 'after') expect(deaths).toBeGreaterThan(2)
      await desk.stop()
    },
  )

  it('raises nothing of one payment, however often, late and from wherever it is reported', async () => {
    const report = fc.record({
      status: fc.constantFrom('COMPLETED', 'COMPLETED', 'CREATED', 'HM'),
      source: fc.constantFrom(...ObservationSource.options),
      afterMs: fc.constantFrom(0, 100, 5_000, HOUR_MS),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(report, { maxLength: 12 }), async (reports) => {
        const desk = openDesk()
        desk.start()
        await takenUnjudged(desk)
        await desk.confirm()
        for (const { status, source, afterMs } of reports) {
          await desk.clock.advance(afterMs)
          await desk.observe(status, source)
          await desk.confirm()
        }
        await desk.clock.advance(HOUR_MS)
        await desk.stop()
        expect(desk.alerts()).toStrictEqual([])
      }),
      { numRuns: 20 },
    )
  })

  it('leaves an alert alone that staff resolved', async () => {
    const desk = openDesk()
    await takenUnjudged(desk)
    desk.start()
    await desk.clock.advance(40 * SECOND_MS)
    const raised = desk.log.events.find(({ type }) => type === 'AlertRaised')
    const id = raised?.stream.slice('alert-'.length) ?? ''
    await desk.commands.run(
      alert,
      id,
      { type: 'ResolveAlert', resolution: { by: 'staff', staffId: 's' }, atMs: 1 },
      { commandId: 'c', correlationId: orderId, causationId: 'c', actor: 'staff:s' },
    )
    await desk.clock.advance(HOUR_MS)
    await desk.confirm()
    await desk.clock.advance(HOUR_MS)
    expect(desk.log.events.filter(({ stream }) => stream === `alert-${id}`)).toHaveLength(2)
    await desk.stop()
  })

  it('goes on by itself when it could not look, and says so', async () => {
    const desk = openDesk()
    await paidLate(desk)
    const alerting = desk.start()
    desk.log.setAway(true)
    await desk.clock.advance(EVERY_MS)
    expect(alerting.status()).toMatchObject({ connected: false, trouble: expect.stringContaining('away') })
    desk.log.setAway(false)
    await desk.clock.advance(2 * EVERY_MS)
    expect(alerting.status()).toMatchObject({ connected: true, caughtUp: true, trouble: undefined })
    expect(alerting.status().openAlerts.find(({ rule }) => rule.id === 'C-late')?.open).toBe(1)
    await desk.stop()
  })

  it('goes on with the others when one order cannot be read', async () => {
    const desk = openDesk()
    await paidLate(desk)
    const alerting = desk.start({
      store: {
        ...desk.log,
        read: async function* (...call) {
          for await (const event of desk.log.read(...call)) yield { ...event, type: 'Unheard' }
        },
      },
    })
    await desk.clock.advance(HOUR_MS)
    expect(alerting.status()).toMatchObject({ connected: true })
    expect(desk.told.filter((message) => message.includes('cannot be judged'))).toHaveLength(1)
    await desk.stop()
  })
})

describe('alerting about what stands still', () => {
  const context = { commandId: '', correlationId: 'k', causationId: 'c', actor: 'process:checkout' }

  it('tells of a parked key once, whatever waits behind it, and that it was released', async () => {
    const desk = openDesk()
    const park = (name: string) =>
      desk.commands.run(
        parking,
        'checkout',
        { type: 'ParkWork', key: orderId, work: { kind: 'deadline', name }, error: 'e', atMs: 1 },
        { ...context, commandId: name },
      )
    await park('one')
    desk.start()
    await desk.clock.advance(EVERY_MS)
    await park('two')
    await desk.clock.advance(HOUR_MS)
    expect(desk.alerts()).toStrictEqual(['process-parked'])
    expect(desk.log.events.find(({ type }) => type === 'AlertRaised')).toMatchObject({
      data: { orderId, subject: `checkout/${orderId}`, source: 'checkout' },
    })
    await desk.commands.run(
      parking,
      'checkout',
      { type: 'ReleaseKey', key: orderId, atMs: 2 },
      { ...context, commandId: 'release' },
    )
    await desk.clock.advance(EVERY_MS)
    expect(desk.alerts()).toStrictEqual(['process-parked', 'process-parked key-released'])
    await park('three')
    await desk.clock.advance(EVERY_MS)
    expect(desk.alerts()).toHaveLength(3)
    await desk.stop()
  })

  it('tells of a key however long it is, and of all else beside it', async () => {
    const desk = openDesk()
    await paidLate(desk)
    const key = 'k'.repeat(400)
    await desk.commands.run(
      parking,
      'checkout',
      { type: 'ParkWork', key, work: { kind: 'deadline', name: 'd' }, error: 'e', atMs: 1 },
      { ...context, commandId: 'park' },
    )
    desk.start()
    await desk.clock.advance(EVERY_MS)
    expect(desk.alerts().toSorted()).toStrictEqual(['C-late', 'process-parked'])
    await desk.clock.advance(HOUR_MS)
    expect(desk.alerts()).toHaveLength(2)
    await desk.stop()
  })

  it('tells of the others when one case cannot be told of', async () => {
    const desk = openDesk()
    await paidLate(desk)
    const park = (key: string) =>
      desk.commands.run(
        parking,
        'checkout',
        { type: 'ParkWork', key, work: { kind: 'deadline', name: 'd' }, error: 'e', atMs: 1 },
        { ...context, commandId: key },
      )
    await park('first')
    await park('second')
    const alerting = desk.start({
      commands: {
        run: (...call) =>
          call[3].correlationId.endsWith('first')
            ? Promise.reject(new TypeError('a fault of ours'))
            : desk.commands.run(...call),
      },
    })
    await desk.clock.advance(HOUR_MS)
    expect(desk.alerts().toSorted()).toStrictEqual(['C-late', 'process-parked'])
    expect(alerting.status()).toMatchObject({ connected: true, caughtUp: true })
    expect(desk.told.filter((message) => message.includes('cannot be judged'))).toHaveLength(1)
    await desk.stop()
  })

  it('tells of refused credentials once they have been refused for a while', async () => {
    const desk = openDesk()
    const note = (type: 'NoteRefusal' | 'NoteAcceptance') =>
      desk.commands.run(
        providerStanding,
        PAYPAY,
        { type, atMs: desk.clock.nowMs() },
        { ...context, commandId: `${type} ${desk.clock.nowMs()}` },
      )
    desk.start()
    await note('NoteRefusal')
    await desk.clock.advance(20 * SECOND_MS)
    await note('NoteAcceptance')
    await desk.clock.advance(HOUR_MS)
    expect(desk.alerts()).toStrictEqual([])
    await note('NoteRefusal')
    await desk.clock.advance(45 * SECOND_MS)
    await note('NoteAcceptance')
    await desk.clock.advance(EVERY_MS)
    expect(desk.alerts()).toStrictEqual([
      'provider-refuses-credentials',
      'provider-refuses-credentials credentials-accepted',
    ])
    await desk.stop()
  })
})
