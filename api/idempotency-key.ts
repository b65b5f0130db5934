import type { FastifyRequest, preValidationHookHandler } from 'fastify'
import { z } from 'zod'
import { Problem } from './problems.ts'

const HEADER = 'idempotency-key'
/** Printable ASCII. */
const IdempotencyKey = z.string().regex(/^[\x20-\x7e]{1,128}$/)

/**
 * The key of a request to a route that can do without one.
 * @throws Problem `idempotency-key-invalid`
 */
export const idempotencyKeyIn = (request: FastifyRequest): string | undefined => {
  const given = request.headers[HEADER]
  if (given === undefined || given === '') return undefined
  const key = IdempotencyKey.safeParse(given)
  if (!key.success) throw new Problem('idempotency-key-invalid')
  return key.data
}

/** For routes that create something: a call without a usable `Idempotency-Key` is refused before its body is looked at. */
export const needsIdempotencyKey: preValidationHookHandler = (request, _reply, done) => {
  const given = request.headers[HEADER]
  if (given === undefined || given === '') done(new Problem('idempotency-key-missing'))
  else done(IdempotencyKey.safeParse(given).success ? undefined : new Problem('idempotency-key-invalid'))
}

/** The key of a request that `needsIdempotencyKey` let through. */
export const idempotencyKeyOf = (request: FastifyRequest): string =>
  IdempotencyKey.parse(request.headers[HEADER])
