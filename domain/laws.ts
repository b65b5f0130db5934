import * as fc from 'fast-check'
import { expect } from 'vitest'
import type { EventCodec } from './codec.ts'
import type { Decider, DomainEvent } from './decider.ts'

/** How many random histories a law is tried on, and how long one may be. */
const RUNS = 150
const MAX_COMMANDS = 40

/** Calls `visit` with each command of random histories and the state it meets, and applies what it decides. */
export const overRandomHistories = <S, C, E extends DomainEvent, R>(
  decider: Decider<S, C, E, R>,
  command: fc.Arbitrary<C>,
  visit: (step: {
    readonly before: S
    readonly after: S
    readonly command: C
    readonly events: readonly E[]
  }) => void,
): void =>
  fc.assert(
    fc.property(fc.array(command, { maxLength: MAX_COMMANDS }), (commands) => {
      let before = decider.initial
      for (const command of commands) {
        const decision = decider.decide(before, command)
        const events = decision.kind === 'accepted' ? decision.events : []
        const after = events.reduce(decider.evolve, before)
        visit({ before, after, command, events })
        before = after
      }
    }),
    { numRuns: RUNS },
  )

/** A command that comes twice is decided once: the second time it is unchanged, or refused for the same reason. */
export const expectTwiceIsOnce = <S, C, E extends DomainEvent, R>(
  decider: Decider<S, C, E, R>,
  command: fc.Arbitrary<C>,
): void =>
  overRandomHistories(decider, command, ({ before, after, command }) => {
    const first = decider.decide(before, command)
    const second = decider.decide(after, command)
    expect(second).toStrictEqual(first.kind === 'accepted' ? { kind: 'unchanged' } : first)
  })

/** Whatever is decided can be written to the log, and is the same event when it is read back. */
export const expectEventsSurviveTheLog = <S, C, E extends DomainEvent, R>(
  decider: Decider<S, C, E, R>,
  codec: EventCodec<E>,
  command: fc.Arbitrary<C>,
): void =>
  overRandomHistories(decider, command, ({ events }) => {
    for (const event of events) {
      const { schemaVersion, data } = codec.encode(event)
      const stored: unknown = JSON.parse(JSON.stringify(data))
      expect(codec.decode(event.type, schemaVersion, stored)).toStrictEqual(event)
    }
  })

/** Any events in any order fold, because a log that cannot be folded can never be repaired. */
export const expectAnyEventsFold = <S, C, E extends DomainEvent, R>(
  decider: Decider<S, C, E, R>,
  events: readonly [E, ...E[]],
): void =>
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...events), { maxLength: MAX_COMMANDS }), (history) => {
      expect(history.reduce(decider.evolve, decider.initial)).toHaveProperty('status')
    }),
    { numRuns: RUNS },
  )
