import type { EventCodec } from './codec.ts'
import type { DomainEvent } from './event.ts'

export type { DomainEvent } from './event.ts'

/**
 * The shape every aggregate and process in Kessai has: a state, folded from events, and a decision.
 * Nothing here does I/O; the command runner in platform/commands is the only place that loads and appends.
 */

/**
 * The three answers to a command, never merged:
 * - `accepted`: these events become facts, atomically and in this order;
 * - `unchanged`: it is already so (this is what makes a retry safe);
 * - `refused`: a named reason a person must see.
 */
export type Decision<E, R> =
  | { readonly kind: 'accepted'; readonly events: readonly [E, ...E[]] }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly refusal: R }

/**
 * An aggregate: `decide` is pure and total, `evolve` only assigns.
 * Clock readings, ids and prices arrive inside the command.
 */
export interface Decider<S, C, E extends DomainEvent, R> {
  readonly initial: S
  readonly evolve: (state: S, event: E) => S
  readonly decide: (state: S, command: C) => Decision<E, R>
}

export const accepted = <E>(...events: readonly [E, ...E[]]): Decision<E, never> => ({
  kind: 'accepted',
  events,
})

export const unchanged: Decision<never, never> = { kind: 'unchanged' }

export const refused = <const R>(refusal: R): Decision<never, R> => ({ kind: 'refused', refusal })

/** Turns an unhandled case into a compile error, and into a bug report if bad data gets past the codec. */
export const impossible = (value: never): never => {
  throw new Error(`Impossible case: ${JSON.stringify(value)}`)
}

/** A decider with its place in the log: streams are named `category-id`. */
export interface Aggregate<S, C, E extends DomainEvent, R> {
  readonly category: string
  readonly decider: Decider<S, C, E, R>
  readonly codec: EventCodec<E>
}
