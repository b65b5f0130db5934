import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { MAX_DEPOSIT_MINOR } from '#domain/account/commands.ts'
import { idempotencyKeyIn } from '../../idempotency-key.ts'
import type { ApiScope } from '../../instance.ts'
import { traceOf } from '../../plugins/request-context.ts'
import { Problem } from '../../problems.ts'
import { inDialect, UserId } from './callers.ts'
import { decimalAmount, printedAmount } from './decimal-amount.ts'
import type { ForeignCounter, ForeignOrder, ForeignRequest } from './foreign-counter.ts'

export interface CompatibilityOptions {
  readonly counter: ForeignCounter
  readonly currency: string
  readonly newId: () => string
}

/** A title as sold stays in the log, so there is an end to it. */
export const Description = z.string().trim().min(1).max(200)

const schema = { hide: true } as const

/** @throws Problem `user-id-invalid` */
const userOf = (request: FastifyRequest): string => {
  const given = UserId.safeParse(request.headers['x-user-id'])
  if (!given.success) throw new Problem('user-id-invalid')
  return given.data
}

export const foreignRequest = (
  request: FastifyRequest,
  userId: string,
  newId: () => string,
): ForeignRequest => ({
  userId,
  key: idempotencyKeyIn(request) ?? newId(),
  causation: { causationId: request.id, ...traceOf(request.headers) },
})

export const shownOrder = ({ id, userId, amount, description, status, failureReason }: ForeignOrder) => ({
  id,
  userId,
  amount: printedAmount(amount),
  currency: amount.currency,
  description,
  status,
  ...(failureReason === undefined ? {} : { failureReason }),
})

/** Gozon's addresses, for requests with `X-User-Id` and without a session of this shop. The header proves nothing. */
export const gozonRoutes = (app: ApiScope, { counter, currency, newId }: CompatibilityOptions): void => {
  const Amount = decimalAmount(currency)
  const Deposit = decimalAmount(currency, MAX_DEPOSIT_MINOR)
  const ofGozon = inDialect('gozon')
  const purse = async (userId: string) => {
    const held = await counter.balance(userId)
    return { userId, balance: printedAmount(held), currency: held.currency }
  }

  app.post(
    '/api/payments/deposit',
    { ...ofGozon, schema: { ...schema, querystring: z.object({ amount: Deposit }) } },
    async (request, reply) => {
      const userId = userOf(request)
      await counter.deposit(foreignRequest(request, userId, newId), request.query.amount)
      return reply.code(201).send(await purse(userId))
    },
  )
  app.get('/api/payments/balance', { ...ofGozon, schema }, (request) => purse(userOf(request)))
  app.post(
    '/api/orders',
    { ...ofGozon, schema: { ...schema, body: z.object({ amount: Amount, description: Description }) } },
    async (request, reply) => {
      const { amount, description } = request.body
      const placing = foreignRequest(request, userOf(request), newId)
      return reply.code(201).send(shownOrder(await counter.order(placing, amount, description)))
    },
  )
  app.get('/api/orders', { ...ofGozon, schema }, async (request) =>
    (await counter.list(userOf(request))).map(shownOrder),
  )
  app.get(
    '/api/orders/:id',
    { ...ofGozon, schema: { ...schema, params: z.object({ id: z.string().max(200) }) } },
    async (request) => {
      const found = await counter.find(userOf(request), request.params.id)
      if (found === undefined) throw new Problem('order-not-found')
      return shownOrder(found)
    },
  )
}
