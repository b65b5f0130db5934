import type { CommandContext } from '#platform/commands/runner.ts'
import { derivedId } from '#platform/ids/ids.ts'

/**
 * The context of one step of a process. The command id comes from the process, the step and what the step is about,
 * so the step is the same command however often, and from wherever, it is taken again.
 */
export const stepContext =
  (process: string) =>
  (step: string, about: string, correlationId: string, causationId: string): CommandContext => ({
    commandId: derivedId(process, step, about),
    correlationId,
    causationId,
    actor: `process:${process}`,
  })
