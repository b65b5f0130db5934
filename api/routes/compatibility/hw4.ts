import { z } from 'zod'
import { MAX_DEPOSIT_MINOR } from '#domain/account/commands.ts'
import { OrderId } from '#domain/ids.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { SessionStore } from '#platform/sessions/port.ts'
import type { ChannelTokens } from '../../channel-token.ts'
import type { ApiScope } from '../../instance.ts'
import { Problem } from '../../problems.ts'
import { customerOfUser, inDialect, UserId } from './callers.ts'
import { decimalAmount, printedAmount } from './decimal-amount.ts'
import { Description, foreignRequest, shownOrder, type CompatibilityOptions } from './gozon.ts'

export interface Hw4Options extends CompatibilityOptions {
  readonly clock: Clock
  readonly sessions: SessionStore
  readonly tokens: ChannelTokens
}

/** As long as a socket's token lives. */
const WATCHING_MS = 15 * 60_000

const Caller = z.object({ userId: UserId })

/** HW4's addresses, for requests that name `userId` in the query and have no session of this shop. It proves nothing. */
export const hw4Routes = (app: ApiScope, options: Hw4Options): void => {
  const { counter, currency, newId, clock, sessions, tokens } = options
  const Amount = decimalAmount(currency)
  const Deposit = decimalAmount(currency, MAX_DEPOSIT_MINOR)
  const ofHw4 = inDialect('hw4')
  const schema = { hide: true, querystring: Caller } as const
  const purse = async (userId: string) => {
    const held = await counter.balance(userId)
    return { userId, balance: printedAmount(held), currency: held.currency }
  }

  /** A socket follows an order for a session; this one is known by no cookie, and opens nothing but that socket. */
  const watching = async (orderId: string, userId: string): Promise<string> => {
    const subject = customerOfUser(userId)
    const sessionKey = `compatibility:${subject}`
    await sessions.set(sessionKey, { subject, body: '{}', expiresAtMs: clock.nowMs() + WATCHING_MS })
    const token = await tokens.issue({ orderId: OrderId.parse(orderId), sessionKey })
    return `/ws/orders?orderId=${orderId}&token=${token}`
  }

  app.post(
    '/accounts',
    { ...ofHw4, schema: { ...schema, querystring: Caller.extend({ amount: Deposit }) } },
    async (request, reply) => {
      const { userId, amount } = request.query
      await counter.deposit(foreignRequest(request, userId, newId), amount)
      return reply.code(201).send(await purse(userId))
    },
  )
  app.get('/accounts', { ...ofHw4, schema }, (request) => purse(request.query.userId))
  app.post(
    '/orders',
    {
      ...ofHw4,
      schema: {
        ...schema,
        querystring: Caller.extend({ amount: Amount, description: Description.default('Order') }),
      },
    },
    async (request, reply) => {
      const { userId, amount, description } = request.query
      const placed = await counter.order(foreignRequest(request, userId, newId), amount, description)
      const notifications = await watching(placed.id, userId)
      return reply.code(201).send({ ...shownOrder(placed), notifications })
    },
  )
  app.get('/orders', { ...ofHw4, schema }, async (request) =>
    (await counter.list(request.query.userId)).map(shownOrder),
  )
  app.get(
    '/orders/:id',
    { ...ofHw4, schema: { ...schema, params: z.object({ id: z.string().max(200) }) } },
    async (request) => {
      const found = await counter.find(request.query.userId, request.params.id)
      if (found === undefined) throw new Problem('order-not-found')
      return shownOrder(found)
    },
  )
}
