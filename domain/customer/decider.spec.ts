import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold, given } from '../given.ts'
import {
  expectAnyEventsFold,
  expectEventsSurviveTheLog,
  expectTwiceIsOnce,
  overRandomHistories,
} from '../laws.ts'
import { customerCodec } from './codec.ts'
import type { CustomerCommand } from './commands.ts'
import { customerDecider } from './decider.ts'
import type { CustomerEvent } from './events.ts'
import { envelope, forget, forgotten, record, recorded, registered } from './samples.ts'

const customer = (...events: readonly CustomerEvent[]) => given(customerDecider, ...events)
const state = (...events: readonly CustomerEvent[]) => fold(customerDecider, events)

describe('recording personal information', () => {
  it('registers the person the first time', () => {
    customer().when(record('a')).then(registered, recorded('a'))
  })

  it('replaces what was recorded, without registering again', () => {
    customer(registered, recorded('a')).when(record('b')).then(recorded('b'))
    expect(state(registered, recorded('a'), recorded('b'))).toMatchObject({
      status: 'REGISTERED',
      information: envelope('b'),
      version: 2,
    })
  })

  it('is unchanged by the same envelope again, whatever version that was made on', () => {
    customer(registered, recorded('a')).when(record('a')).thenUnchanged()
    customer(registered, recorded('a')).when(record('a', 0)).thenUnchanged()
  })

  it('takes the place of the version the person saw, and of no other', () => {
    customer().when(record('a', 0)).then(registered, recorded('a'))
    customer(registered, recorded('a')).when(record('b', 1)).then(recorded('b'))
    customer(registered, recorded('a')).when(record('b', 0)).thenRefused('profile-changed')
    customer().when(record('a', 1)).thenRefused('profile-changed')
  })

  it('registers anew whoever comes back after being forgotten, under a version that never was', () => {
    const before = [registered, recorded('a'), forgotten('f1')] as const
    customer(...before)
      .when(record('b'))
      .then(registered, recorded('b'))
    expect(state(...before, registered, recorded('b'))).toMatchObject({ version: 2 })
  })
})

describe('forgetting a customer', () => {
  it('leaves nothing of what was known', () => {
    customer(registered, recorded('a')).when(forget('f1', 'uid')).then(forgotten('f1', 'uid'))
    expect(state(registered, recorded('a'), forgotten('f1'))).toStrictEqual({
      status: 'FORGOTTEN',
      version: 1,
      forgettingId: 'f1',
    })
  })

  it('is open to who never registered, and to who was forgotten before', () => {
    customer().when(forget('f1')).then(forgotten('f1'))
    customer(forgotten('f1')).when(forget('f2')).then(forgotten('f2'))
  })

  it('happens once per request, also when the person has come back meanwhile', () => {
    customer(forgotten('f1')).when(forget('f1')).thenUnchanged()
    customer(forgotten('f1'), registered, recorded('b')).when(forget('f1')).thenUnchanged()
  })
})

describe('a customer, whatever happens', () => {
  const content = fc.constantFrom('a', 'b', 'c')
  const version = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined })
  const command: fc.Arbitrary<CustomerCommand> = fc.oneof(
    fc.tuple(content, version).map(([content, insteadOf]) => record(content, insteadOf)),
    fc.constantFrom('f1', 'f2').map((id) => forget(id)),
    fc.constant(forget('f3', 'uid')),
  )

  it('decides a command that comes twice only once', () => {
    expectTwiceIsOnce(customerDecider, command)
  })

  it('writes only events that can be read back', () => {
    expectEventsSurviveTheLog(customerDecider, customerCodec, command)
  })

  it('folds any events', () => {
    expectAnyEventsFold(customerDecider, [registered, recorded('a'), forgotten('f1')])
  })

  it('holds no envelope once forgotten, and never counts backwards', () => {
    overRandomHistories(customerDecider, command, ({ before, after, events }) => {
      expect(after.version).toBeGreaterThanOrEqual(before.version)
      if (events.some(({ type }) => type === 'CustomerForgotten'))
        expect(after).not.toHaveProperty('information')
    })
  })
})
