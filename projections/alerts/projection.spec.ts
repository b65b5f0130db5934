import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acknowledged, assigned, AT_MS, healed, noted, raiseAlert, resolved } from '#domain/alert/samples.ts'
import { expectReplayIsHarmless, givenEvents, positionOf } from '../given.ts'
import { MOST_STEPS, rankOf } from './document.ts'
import { alerts } from './projection.ts'
import { after, alertIdOf, raisedAs } from './samples.ts'

describe('an alert, as staff see it', () => {
  it('tells what was seen when it was raised', () => {
    const { type: _type, detectedAtMs, ...facts } = raiseAlert
    expect(givenEvents(alerts, raisedAs(1)).document).toStrictEqual({
      ...facts,
      alertId: alertIdOf(1),
      status: 'NEW',
      raisedAtMs: detectedAtMs,
      notes: 0,
      history: [],
      raisedPosition: positionOf(0),
      changedPosition: positionOf(0),
      rank: rankOf('NEW', 'P1', positionOf(0)),
    })
  })

  it('tells who took it up, whose it is, what was noted and how it ended, in the order of the log', () => {
    const { document } = givenEvents(
      alerts,
      raisedAs(1),
      after(1, acknowledged('staff-1')),
      after(1, assigned('staff-2', 'staff-1')),
      after(1, noted('n1', 'Asked PayPay.', 'staff-2')),
      after(1, resolved('Paid out by hand.')),
      after(1, noted('n2', 'The buyer was told.', 'staff-2')),
    )
    expect(document).toMatchObject({
      status: 'RESOLVED',
      acknowledged: { by: 'staff-1', atMs: AT_MS },
      assignee: 'staff-2',
      resolved: { by: 'staff-1', atMs: AT_MS },
      notes: 2,
      changedPosition: positionOf(5),
      rank: rankOf('RESOLVED', 'P1', positionOf(0)),
    })
    expect(document?.history).toStrictEqual([
      { type: 'AlertAcknowledged', atMs: AT_MS, by: 'staff-1' },
      { type: 'AlertAssigned', atMs: AT_MS, by: 'staff-1', assignee: 'staff-2' },
      { type: 'AlertNoted', atMs: AT_MS, by: 'staff-2', text: 'Asked PayPay.' },
      { type: 'AlertResolved', atMs: AT_MS, by: 'staff-1', text: 'Paid out by hand.' },
      { type: 'AlertNoted', atMs: AT_MS, by: 'staff-2', text: 'The buyer was told.' },
    ])
  })

  it('that healed says so, and names nobody', () => {
    const { document } = givenEvents(alerts, raisedAs(1), after(1, healed))
    expect(document?.resolved).toStrictEqual({ atMs: AT_MS, reason: 'surplus-refunded' })
    expect(document?.history).toStrictEqual([
      { type: 'AlertResolved', atMs: AT_MS, reason: 'surplus-refunded' },
    ])
  })

  it('keeps a bounded history, the newest of it', () => {
    const handedAround = Array.from({ length: MOST_STEPS + 5 }, (_, nth) =>
      after(1, assigned(`staff-${nth}`)),
    )
    const { document } = givenEvents(alerts, raisedAs(1), ...handedAround)
    expect(document?.history).toHaveLength(MOST_STEPS)
    expect(document?.history.at(-1)?.assignee).toBe(`staff-${MOST_STEPS + 4}`)
  })

  it('that was never raised cannot be taken up: its key is parked', () => {
    expect(() => givenEvents(alerts, after(1, acknowledged()))).toThrow('which was never raised')
  })

  it('is the same after any stretch of the log is folded again', () => {
    const step = fc.constantFrom(
      acknowledged(),
      acknowledged('staff-2'),
      assigned('staff-2'),
      noted('n1', 'a'),
      healed,
      resolved(),
    )
    const history = fc
      .array(fc.tuple(fc.constantFrom(1, 2), step), { maxLength: 12 })
      .map((steps) => [raisedAs(1), raisedAs(2), ...steps.map(([nth, event]) => after(nth, event))])
    expectReplayIsHarmless(alerts, history)
  })
})

describe('the place of an alert in the list', () => {
  it('is by open, then severity, then newness, at any position a log can have', () => {
    const last = 2 ** 50 - 1
    const ranks = [
      rankOf('NEW', 'P1', last),
      rankOf('ACKNOWLEDGED', 'P1', last - 1),
      rankOf('NEW', 'P1', 0),
      rankOf('NEW', 'P2', last),
      rankOf('ACKNOWLEDGED', 'P2', 0),
      rankOf('RESOLVED', 'P1', last),
      rankOf('RESOLVED', 'P2', last - 1),
      rankOf('RESOLVED', 'P1', 0),
    ]
    expect(ranks.toSorted((a, b) => b - a)).toStrictEqual(ranks)
    expect(new Set(ranks).size).toBe(ranks.length)
    expect(ranks.every(Number.isSafeInteger)).toBe(true)
  })
})
