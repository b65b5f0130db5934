import { z } from 'zod'
import type { Aggregate, DomainEvent } from '#domain/decider.ts'
import type { CommandContext, CommandRunner } from '#platform/commands/runner.ts'
import type { EventStore, EventToAppend } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'

type Altered<A> =
  A extends Aggregate<infer S, infer C, infer E, infer R> ? Aggregate<S, C, E, R>['decider']['decide'] : never

/** The runner with another decision in one kind of stream. */
export const deciding =
  <S, C, E extends DomainEvent, R>(
    altered: Aggregate<S, C, E, R>,
    decide: Altered<Aggregate<S, C, E, R>>,
    contextOf: (context: CommandContext, command: unknown) => CommandContext = (context) => context,
  ) =>
  (commands: CommandRunner): CommandRunner => ({
    ...commands,
    run: (aggregate, id, command, context, options) =>
      commands.run(
        aggregate.category === altered.category ? withDecision(aggregate, decide) : aggregate,
        id,
        command,
        aggregate.category === altered.category ? contextOf(context, command) : context,
        options,
      ),
  })

const withDecision = <S, C, E extends DomainEvent, R>(
  aggregate: Aggregate<S, C, E, R>,
  decide: unknown,
): Aggregate<S, C, E, R> => ({
  ...aggregate,
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the category says whose decision it is
  decider: { ...aggregate.decider, decide: decide as Aggregate<S, C, E, R>['decider']['decide'] },
})

/** The store with another append. */
export const appending =
  (
    append: (
      store: EventStore,
      ...call: Parameters<EventStore['append']>
    ) => ReturnType<EventStore['append']>,
  ) =>
  (store: EventStore): EventStore => ({ ...store, append: (...call) => append(store, ...call) })

/** The same events as others. */
export const renamed = ([first, ...rest]: readonly [EventToAppend, ...EventToAppend[]], mark: string) => {
  const rename = (event: EventToAppend): EventToAppend => ({ ...event, id: derivedId(event.id, mark) })
  return [rename(first), ...rest.map(rename)] as const
}

export const ofType = (command: unknown, type: string): boolean =>
  z.object({ type: z.literal(type) }).safeParse(command).success
