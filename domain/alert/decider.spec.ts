import { describe, expect, it } from 'vitest'
import { fold, given, inWords } from '../given.ts'
import { MAX_NOTES, type AlertCommand, type AlertRefusal } from './commands.ts'
import { alertDecider } from './decider.ts'
import { MAX_NOTE_LENGTH, type AlertEvent } from './events.ts'
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

const alert = (...events: readonly AlertEvent[]) => given(alertDecider, ...events)

describe('an alert', () => {
  it('is raised once, whatever became of it', () => {
    alert().when(raiseAlert).then(raised)
    alert(raised).when(raiseAlert).thenUnchanged()
    alert(raised, acknowledged()).when(raiseAlert).thenUnchanged()
    alert(raised, healed).when(raiseAlert).thenUnchanged()
  })

  it.each<[string, readonly AlertEvent[], Record<string, string>]>([
    [
      'NEW',
      [raised],
      {
        acknowledge: 'AlertAcknowledged',
        assign: 'AlertAssigned',
        note: 'AlertNoted',
        heal: 'AlertResolved',
        resolve: 'AlertResolved',
      },
    ],
    [
      'ACKNOWLEDGED',
      [raised, acknowledged()],
      {
        acknowledge: 'unchanged',
        assign: 'AlertAssigned',
        note: 'AlertNoted',
        heal: 'AlertResolved',
        resolve: 'AlertResolved',
      },
    ],
    [
      'RESOLVED',
      [raised, acknowledged(), resolved()],
      {
        acknowledge: 'no: alert-already-resolved',
        assign: 'no: alert-already-resolved',
        note: 'AlertNoted',
        heal: 'unchanged',
        resolve: 'unchanged',
      },
    ],
  ])('that is %s answers each command in one way', (status, events, expected) => {
    const commands = {
      acknowledge: acknowledge(),
      assign: assign('staff-2'),
      note: note('n1', 'The buyer was told.'),
      heal,
      resolve: resolve(),
    }
    const state = fold(alertDecider, events)
    expect(state.status).toBe(status)
    const answers = Object.entries(commands).map(([name, command]) => [
      name,
      inWords(alertDecider.decide(state, command)),
    ])
    expect(Object.fromEntries(answers)).toStrictEqual(expected)
  })

  it('belongs to whom it was given last, and says nothing twice', () => {
    alert(raised).when(assign('staff-2')).then(assigned('staff-2'))
    alert(raised, assigned('staff-2')).when(assign('staff-2', 'staff-9')).thenUnchanged()
    alert(raised, assigned('staff-2'), acknowledged()).when(assign('staff-3')).then(assigned('staff-3'))
    expect(fold(alertDecider, [raised, assigned('staff-2'), acknowledged()])).toMatchObject({
      status: 'ACKNOWLEDGED',
      assignee: 'staff-2',
      acknowledgedBy: 'staff-1',
    })
  })

  it('was acknowledged by the first who did', () => {
    alert(raised, acknowledged('staff-1')).when(acknowledge('staff-2')).thenUnchanged()
  })

  it('keeps notes as they were written, without the space around them', () => {
    alert(raised).when(note('n1', '  Asked PayPay. \n')).then(noted('n1', 'Asked PayPay.'))
    alert(raised, noted('n1', 'Asked PayPay.'))
      .when(note('n1', 'Asked PayPay. ', 'staff-2'))
      .thenUnchanged()
    alert(raised).when(resolve('  Paid out by hand. ')).then(resolved('Paid out by hand.'))
  })

  it('never passes over in silence what somebody wrote who came too late to end it', () => {
    alert(raised, healed).when(resolve('Paid out by hand.')).thenRefused('alert-already-resolved')
    alert(raised, resolved('Asked PayPay.')).when(resolve('By hand.')).thenRefused('alert-already-resolved')
    alert(raised, resolved('By hand.')).when(resolve(' By hand. ')).thenUnchanged()
    alert(raised, healed).when(resolve()).thenUnchanged()
  })

  it('takes a note of the full length and none that is longer', () => {
    const longest = 'x'.repeat(MAX_NOTE_LENGTH)
    alert(raised).when(note('n1', longest)).then(noted('n1', longest))
    alert(raised)
      .when(note('n1', `${longest}x`))
      .thenRefused('note-out-of-range')
    alert(raised)
      .when(resolve(`${longest}x`))
      .thenRefused('note-out-of-range')
    alert(raised).when(resolve('  ')).thenRefused('note-out-of-range')
  })
})

const full = Array.from({ length: MAX_NOTES }, (_, nth) => noted(`n${nth}`, 'Asked PayPay.'))

/** Where a command can meet several refusals at once, the row is built so that it does: the first one must win. */
const table: Record<AlertRefusal, readonly [readonly AlertEvent[], AlertCommand]> = {
  'unknown-alert': [[], note('n1', '')],
  'alert-already-resolved': [[raised, resolved()], acknowledge()],
  'note-differs': [[raised, ...full], note('n1', '')],
  'note-out-of-range': [[raised, ...full], note('new', ' ')],
  'too-many-notes': [[raised, ...full], note('new', 'One more.')],
}

describe('refusals of an alert, in their documented precedence', () => {
  it.each(Object.entries(table))('%s', (refusal, [events, command]) => {
    const decision = alertDecider.decide(fold(alertDecider, events), command)
    expect(decision).toStrictEqual({ kind: 'refused', refusal })
  })
})
