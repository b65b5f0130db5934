import { expect } from 'vitest'
import type { Decider, Decision, DomainEvent } from './decider.ts'

/** The state these events fold to. */
export const fold = <S, C, E extends DomainEvent, R>(decider: Decider<S, C, E, R>, events: readonly E[]): S =>
  events.reduce((state, event) => decider.evolve(state, event), decider.initial)

/** A decision in one phrase, for tables: `OrderPlaced`, `PaymentObserved + PaymentFailed`, `unchanged`, `no: no-lines`. */
export const inWords = <E extends DomainEvent, R extends string>(decision: Decision<E, R>): string => {
  if (decision.kind === 'unchanged') return 'unchanged'
  if (decision.kind === 'refused') return `no: ${decision.refusal}`
  return decision.events.map((event) => event.type).join(' + ')
}

/**
 * The sentence a decider's specs are written in: given these events, when this command comes, then exactly these
 * events follow, or nothing changes, or it is refused.
 */
export const given = <S, C, E extends DomainEvent, R extends string>(
  decider: Decider<S, C, E, R>,
  ...events: readonly E[]
) => ({
  when: (command: C) => {
    const decision = decider.decide(fold(decider, events), command)
    return {
      // oxlint-disable-next-line unicorn/no-thenable -- the sentence reads so, and nothing here is ever awaited
      then: (...expected: readonly [E, ...E[]]) =>
        expect(decision).toStrictEqual({ kind: 'accepted', events: expected }),
      thenUnchanged: () => expect(decision).toStrictEqual({ kind: 'unchanged' }),
      thenRefused: (refusal: R) => expect(decision).toStrictEqual({ kind: 'refused', refusal }),
    }
  },
})
