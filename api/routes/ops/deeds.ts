import type { FastifyRequest } from 'fastify'
import { deed } from '#domain/deed/aggregate.ts'
import type { DeedKind } from '#domain/deed/events.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import { traceOf } from '../../plugins/request-context.ts'
import { customerOf } from '../../plugins/session-cookies.ts'
import { staffActor } from './staff-only.ts'

/** Puts on record who sets out to do what; rejects where it cannot be put on record, and then it must not be done. */
export type RecordDeed = (request: FastifyRequest, kind: DeedKind, subject: string) => Promise<void>

/** For what staff do that no other event tells of, so that auditors find who it was. */
export const deedRecording =
  ({ commands, clock, newId }: Pick<ApiDependencies, 'commands' | 'clock' | 'newId'>): RecordDeed =>
  async (request, kind, subject) => {
    const commandId = newId()
    await commands.run(
      deed,
      commandId,
      { type: 'BeginDeed', kind, subject, atMs: clock.nowMs() },
      {
        commandId,
        correlationId: commandId,
        causationId: request.id,
        actor: staffActor(customerOf(request)),
        ...traceOf(request.headers),
      },
    )
  }
