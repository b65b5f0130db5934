import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  expectAnyEventsFold,
  expectEventsSurviveTheLog,
  expectTwiceIsOnce,
  overRandomHistories,
} from '../laws.ts'
import { alertCodec } from './codec.ts'
import { MAX_NOTES, type AlertCommand } from './commands.ts'
import { alertDecider } from './decider.ts'
import {
  acknowledge,
  acknowledged,
  assign,
  assigned,
  heal,
  healed,
  note,
  noted,
  raiseAlert,
  raised,
  resolve,
  resolved,
} from './samples.ts'

const staff = fc.constantFrom('staff-1', 'staff-2')
const command: fc.Arbitrary<AlertCommand> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<AlertCommand>(raiseAlert) },
  { weight: 2, arbitrary: staff.map(acknowledge) },
  { weight: 2, arbitrary: fc.tuple(staff, staff).map(([assignee, by]) => assign(assignee, by)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('n1', 'n2'), fc.constantFrom('', ' a ', 'a', 'b'))
      .map(([id, text]) => note(id, text)),
  },
  { weight: 1, arbitrary: fc.constantFrom<AlertCommand[]>(heal, resolve(), resolve(' '), resolve('done')) },
)

describe('an alert, whatever happens to it', () => {
  it('decides a command that comes twice only once', () => {
    expectTwiceIsOnce(alertDecider, command)
  })

  it('writes only events that can be read back', () => {
    expectEventsSurviveTheLog(alertDecider, alertCodec, command)
  })

  it('folds any events', () => {
    const taken = [acknowledged(), assigned('staff-2'), noted('n1', 'a')]
    expectAnyEventsFold(alertDecider, [raised, ...taken, healed, resolved('done')])
  })

  it('stays resolved, is raised once and keeps a bounded number of notes', () => {
    overRandomHistories(alertDecider, command, ({ before, after, events }) => {
      if (before.status === 'RESOLVED') expect(after.status).toBe('RESOLVED')
      if (before.status !== 'none') expect(events.map(({ type }) => type)).not.toContain('AlertRaised')
      if (after.status !== 'none') expect(after.notes.size).toBeLessThanOrEqual(MAX_NOTES)
    })
  })
})
