import { z } from 'zod'
import { MAX_DEPOSIT_MINOR } from '#domain/account/commands.ts'
import { CustomerId } from '#domain/ids.ts'
import { ENTRY_KINDS } from '#projections/wallet/document.ts'
import { walletQueries } from '#projections/wallet/queries.ts'
import { LARGEST_PAGE_SIZE } from '#projections/page.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { idempotencyKeyOf, needsIdempotencyKey } from '../idempotency-key.ts'
import type { ApiScope } from '../instance.ts'
import { iso, MoneyView } from '../orders/order-view.ts'
import { traceOf } from '../plugins/request-context.ts'
import { customerOf, type Customer } from '../plugins/session-cookies.ts'
import { Problem } from '../problems.ts'
import { Position, problems } from '../schemas.ts'
import { DEPOSITING_STAFF, hasRoleOf } from '../staff-roles.ts'
import { fundsDepositing } from '../wallet/deposit-funds.ts'
import { knownCustomer } from '../wallet/known-customer.ts'
import { ownersPayIn } from '../wallet/who-pays-in.ts'
import { SHOP_CURRENCY } from './shop.ts'

const tags = ['wallet']

/** How long a reader may be kept waiting for its own write. */
const PATIENCE_MS = 2_000

const WalletView = z.object({
  balance: MoneyView,
  /** Absent where nothing was ever paid in or asked for. */
  openedAt: z.string().optional(),
})

const DepositRequest = z.strictObject({
  amountMinor: z.int().min(1).max(MAX_DEPOSIT_MINOR),
  /** Whose wallet, where staff pay in; one's own when absent. */
  customerId: CustomerId.optional(),
  /** Pays in also where nothing is known of the customer, who could then be a slip of the pen. */
  evenIfUnknown: z.boolean().optional(),
})

const Booked = z.object({ depositId: z.string(), balance: MoneyView, position: z.int() })

const EntryView = z.object({
  kind: z.enum(ENTRY_KINDS),
  /** Always positive: a deposit and a refund came in, a payment went out. */
  amount: MoneyView,
  /** What the wallet held after it. */
  balance: MoneyView,
  orderId: z.string().optional(),
  at: z.string(),
})

/** One's own wallet. Nobody else's is ever read here, staff or not. */
export const walletRoutes = (app: ApiScope, deps: ApiDependencies): void => {
  const wallets = walletQueries(deps.readStore)
  const deposit = fundsDepositing(deps)
  const isKnown = knownCustomer(deps)

  app.get(
    '/api/wallet',
    {
      config: { access: 'self' },
      schema: {
        tags,
        summary: 'My wallet',
        description: 'A wallet that nobody has opened yet holds nothing.',
        querystring: z.object({ position: Position.optional() }),
        response: { 200: WalletView, ...problems },
      },
    },
    async (request, reply) => {
      const { position } = request.query
      if (position !== undefined) await deps.waitFor(position, PATIENCE_MS)
      const found = await wallets.of(customerOf(request).customerId)
      return reply
        .header('cache-control', 'no-store')
        .send(
          found === undefined
            ? { balance: { amountMinor: 0, currency: SHOP_CURRENCY } }
            : { balance: found.balance, openedAt: iso(found.openedAtMs) },
        )
    },
  )

  app.post(
    '/api/wallet/deposits',
    {
      config: { access: ownersPayIn(deps.config) ? 'self' : { staff: DEPOSITING_STAFF } },
      preValidation: needsIdempotencyKey,
      schema: {
        tags,
        summary: 'Pay money into a wallet',
        description:
          'Needs `Idempotency-Key`: a repeat with the same key and body gets the same reply. No real money moves, so in ' +
          'production it is for operators and admins alone, who name the customer. One of whom nothing is known is answered ' +
          '`customer-unknown`, unless `evenIfUnknown` says that it is meant so.',
        body: DepositRequest,
        response: { 201: Booked, ...problems },
      },
    },
    async (request, reply) => {
      const { amountMinor } = request.body
      const customer = customerOf(request)
      const customerId = walletFor(customer, request.body.customerId, deps)
      if (
        customerId !== customer.customerId &&
        request.body.evenIfUnknown !== true &&
        !(await isKnown(customerId))
      )
        throw new Problem('customer-unknown')
      const booked = await deposit({
        customerId,
        amount: { amountMinor, currency: SHOP_CURRENCY },
        idempotencyKey: idempotencyKeyOf(request),
        actor: `${customerId === customer.customerId ? 'customer' : 'staff'}:${customer.customerId}`,
        request: { causationId: request.id, ...traceOf(request.headers) },
      })
      return reply.code(201).send(booked)
    },
  )

  app.get(
    '/api/wallet/entries',
    {
      config: { access: 'self' },
      schema: {
        tags,
        summary: 'My wallet’s statement, newest first',
        description: '`next` is the `after` of the following page; it is absent where the statement begins.',
        querystring: z.object({
          after: Position.optional(),
          limit: z.coerce.number().int().min(1).max(LARGEST_PAGE_SIZE).default(20),
          position: Position.optional(),
        }),
        response: {
          200: z.object({ items: z.array(EntryView).readonly(), next: z.int().optional() }),
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { after, limit, position } = request.query
      if (position !== undefined) await deps.waitFor(position, PATIENCE_MS)
      const { items, ...rest } = await wallets.entries(customerOf(request).customerId, { after, limit })
      return reply.header('cache-control', 'no-store').send({
        ...rest,
        items: items.map(({ kind, amount, balance, orderId, atMs }) => ({
          kind,
          amount,
          balance,
          ...(orderId === undefined ? {} : { orderId }),
          at: iso(atMs),
        })),
      })
    },
  )
}

/**
 * Whose wallet this customer may pay into. Where real people shop nobody makes money for themselves.
 * @throws Problem `role-missing`, or `validation-failed` where the customer must be named.
 */
const walletFor = (
  customer: Customer,
  named: CustomerId | undefined,
  { config }: Pick<ApiDependencies, 'config'>,
): CustomerId => {
  const isStaff = hasRoleOf(customer, DEPOSITING_STAFF)
  const isOpenToAll = ownersPayIn(config)
  const isOwn = named === undefined || named === customer.customerId
  if (!isStaff && (!isOpenToAll || !isOwn)) throw new Problem('role-missing')
  if (isOwn && !isOpenToAll)
    throw new Problem('validation-failed', {
      errors: [{ path: 'customerId', message: 'must name another customer' }],
    })
  return named ?? customer.customerId
}
