import type { FastifyRequest } from 'fastify'
import { customerOf } from '../../plugins/session-cookies.ts'
import { staffActor } from '../ops/staff-only.ts'

/** Puts on record that somebody looked, who it was and for what they asked; before anything is answered. */
export const recordReading = (
  request: FastifyRequest,
  what: 'events' | 'export' | 'stream' | 'order',
  asked: Readonly<Record<string, unknown>>,
): void => {
  request.log.info({ audit: what, by: staffActor(customerOf(request)), asked }, 'The audit log was read')
}
