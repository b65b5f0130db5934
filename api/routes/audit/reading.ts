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

export interface HandedOut {
  /** At most so many events left the house; those of a broken off export may not all have arrived. */
  readonly events: number
  /** False where the client went away or something failed. */
  readonly isWhole: boolean
}

/** Puts on record how much of what was asked for was handed out in the end; the session may be over by then. */
export const handingOut = (request: FastifyRequest): ((handedOut: HandedOut) => void) => {
  const by = staffActor(customerOf(request))
  return ({ events, isWhole }) => {
    request.log.info({ audit: 'export', by, events, isWhole }, 'An export of the audit log ended')
  }
}
