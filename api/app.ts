import websocket from '@fastify/websocket'
import Fastify, { LogController, type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { UndecodableEvent } from '#platform/eventstore/decoding.ts'
import { orderSummaryQueries } from '#projections/order-summary/queries.ts'
import { channelTokens } from './channel-token.ts'
import type { ApiDependencies } from './dependencies.ts'
import type { ApiScope } from './instance.ts'
import { ownDataRoute } from './me/export.ts'
import { meRoutes } from './me/me.ts'
import { followOffers } from './offers.ts'
import { orderReader } from './orders/order-reader.ts'
import { accountStanding } from './plugins/account-standing.ts'
import { admitAsDeclared, type DeclaredRoute } from './plugins/access.ts'
import { describeApi } from './plugins/openapi.ts'
import { replyWithProblems, sendProblem } from './plugins/problem-replies.ts'
import { createRateLimits } from './plugins/rate-limits.ts'
import { correlationIds, observeRequests } from './plugins/request-context.ts'
import { setSecurityHeaders } from './plugins/security-headers.ts'
import { useSessions } from './plugins/session-cookies.ts'
import { Problem } from './problems.ts'
import { orderChanges } from './realtime/order-changes.ts'
import { customerNews } from './realtime/customer-news.ts'
import { LARGEST_MESSAGE_BYTES, openConnections } from './realtime/connections.ts'
import { mySockets } from './realtime/my-sockets.ts'
import { orderSockets } from './realtime/order-sockets.ts'
import { socketRoutes } from './realtime/routes.ts'
import { watchedOrders } from './realtime/watched-order.ts'
import { auditRoutes } from './routes/audit/audit.ts'
import { authRoutes, signOutRoute } from './routes/auth.ts'
import { cartRoutes } from './routes/cart.ts'
import { catalogueRoutes } from './routes/catalogue.ts'
import { tellDialects } from './routes/compatibility/callers.ts'
import { compatibilityRoutes } from './routes/compatibility/compatibility.ts'
import { imageRoutes } from './routes/images.ts'
import { machineRoutes } from './routes/machines.ts'
import { mailboxRoutes } from './routes/mailbox.ts'
import { opsRoutes } from './routes/ops/ops.ts'
import { orderRoutes } from './routes/orders.ts'
import { paymentRoutes } from './routes/payments.ts'
import { shopRoute } from './routes/shop.ts'
import { walletRoutes } from './routes/wallet.ts'
import { paypayWebhook } from './webhook/paypay-webhook.ts'

const LARGEST_BODY_BYTES = 64 * 1_024
/** A client that takes longer to send its request is holding a connection, not shopping. */
const REQUEST_TIMEOUT_MS = 30_000

/**
 * Builds the API. It neither listens nor owns its dependencies; closing it ends its sockets and subscriptions. Pages
 * may be added beside it before it listens: its security headers and sessions are its own.
 */
export const buildApi = async (deps: ApiDependencies): Promise<FastifyInstance> => {
  const { config, clock, logger, metrics, newId } = deps
  const app: ApiScope = Fastify({
    loggerInstance: logger,
    // Every request is logged by its route's pattern instead, see `observeRequests`.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'correlationId' }),
    genReqId: correlationIds(newId),
    requestIdHeader: false,
    // An address that cannot even be decoded never reaches a route or the error handler.
    frameworkErrors: (_error, request, reply) => {
      void sendProblem(request, reply, new Problem('bad-request'))
    },
    bodyLimit: LARGEST_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: config.TRUSTED_PROXIES.length === 0 ? false : config.TRUSTED_PROXIES,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 256, ignoreTrailingSlash: false },
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  if (config.COMPATIBILITY_ROUTES.length > 0) tellDialects(app)
  replyWithProblems(app)
  observeRequests(app, metrics)
  endRefusedUpgrades(app)
  const declared: DeclaredRoute[] = []
  app.decorate('declaredRoutes', declared)
  await app.register(async (scope: ApiScope) => {
    await mountApi(scope, deps)
  })
  return app

  async function mountApi(api: ApiScope, deps: ApiDependencies): Promise<void> {
    const closing = new AbortController()
    const { signal } = closing
    const report = (message: string) => (error: unknown) => {
      if (error instanceof UndecodableEvent) logger.error({ ...error.place, reason: error.reason }, message)
      else logger.warn({ error: String(error) }, message)
    }

    const tokens = channelTokens(deps.channelSecret, clock)
    const summaries = orderSummaryQueries(deps.readStore)
    const reader = orderReader({ ...deps, summaries })
    const offers = followOffers({ ...deps, signal, onError: report('Prices are no longer remembered') })
    const changes = orderChanges({
      ...deps,
      onChange: deps.onChange,
      signal,
      onError: report('Order changes could not be followed'),
    })
    const standing = accountStanding({
      ...deps,
      onUnknown: report('The sign-in provider does not say whether an account may still act'),
    })
    const watched = watchedOrders({
      ...deps,
      reader,
      changes,
      onError: report('A watched order could not be read'),
    })
    const connections = openConnections({ clock, metrics })
    const onError = report('A socket could not be kept open')
    const sockets = {
      ofOrders: orderSockets({ ...deps, reader, watched, tokens, connections, onError }),
      ofCustomers: mySockets({
        ...deps,
        standing,
        news: customerNews({ ...deps, summaries, signal, onError: report('News could not be told') }),
        connections,
        onError,
      }),
      connections,
    }

    api.addHook('preClose', (done) => {
      closing.abort()
      connections.close()
      done()
    })

    admitAsDeclared(api, declared, { standing, clock })
    await setSecurityHeaders(api, config.NODE_ENV === 'production')
    acceptEmptyJson(api)
    await describeApi(api, config)
    await api.register(websocket, { options: { maxPayload: LARGEST_MESSAGE_BYTES } })
    const limits = await createRateLimits(api, config, deps.sharedCounts)

    await api.register(async (open: ApiScope) => {
      machineRoutes(open, deps)
    })
    await api.register(async (open: ApiScope) => {
      open.addHook('onRequest', limits.general)
      catalogueRoutes(open, deps)
      imageRoutes(open, deps)
    })
    await api.register(async (open: ApiScope) => {
      open.addHook('onRequest', limits.general)
      shopRoute(open, deps)
    })
    await api.register(async (foreign: ApiScope) => {
      foreign.addHook('onRequest', limits.general)
      compatibilityRoutes(foreign, deps, { reader, tokens })
    })
    await api.register(async (provider: ApiScope) => {
      paypayWebhook(provider, deps, limits, signal)
    })
    await api.register(async (personal: ApiScope) => {
      await useSessions(personal, { ...deps, alwaysSecure: config.NODE_ENV === 'production' })
      authRoutes(personal, deps, limits)
      socketRoutes(personal, config, limits, sockets)
      await personal.register(async (mine: ApiScope) => {
        ownDataRoute(mine, deps)
      })
      await personal.register(async (signedIn: ApiScope) => {
        signedIn.addHook('onRequest', limits.general)
        signOutRoute(signedIn, deps)
        meRoutes(signedIn, deps)
        cartRoutes(signedIn, deps)
        orderRoutes(signedIn, { deps, reader, offers, tokens })
        paymentRoutes(signedIn, { deps, reader, changes, tokens })
        mailboxRoutes(signedIn, deps)
        walletRoutes(signedIn, deps)
        await signedIn.register(async (staff: ApiScope) => {
          await opsRoutes(staff, deps)
        })
        await signedIn.register(async (auditors: ApiScope) => {
          auditRoutes(auditors, deps)
        })
      })
    })
  }
}

/**
 * The websocket plugin ends a refused upgrade in its own scope alone. On an address that is not there, or on a page, the
 * connection would stay open, held by nobody, and keep the server from closing.
 */
const endRefusedUpgrades = (app: ApiScope): void => {
  app.addHook('onResponse', (request, _reply, done) => {
    if (request.raw.headers.upgrade !== undefined) request.raw.socket.destroy()
    done()
  })
}

/** Calls without a body often say that it is JSON all the same; malformed JSON is refused as before. */
const acceptEmptyJson = (api: ApiScope): void => {
  const parse = api.getDefaultJsonParser('error', 'error')
  api.removeContentTypeParser('application/json')
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else void parse(request, String(body), done)
  })
}
