import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { z } from 'zod'
import { product } from '#domain/catalogue/aggregate.ts'
import { ProductId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { stock } from '#domain/stock/aggregate.ts'
import { startNode } from '#embedded/eventstoredb/node.ts'
import { startSimulator } from '#embedded/paypay/simulator.ts'
import { systemClock, type Clock } from '#platform/clock/clock.ts'
import { commandRunner, type CommandContext } from '#platform/commands/runner.ts'
import { readConfig } from '#platform/config/config.ts'
import { firebaseOf } from '#platform/config/firebase.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import type { EventStore, RecordedEvent } from '#platform/eventstore/port.ts'
import { developmentIssuer } from '#platform/identity/development-issuer.ts'
import type { Role } from '#platform/identity/port.ts'
import { openEmptyImages } from '#platform/images/testing.ts'
import { openSqliteKeyring } from '#platform/keyring/sqlite.ts'
import { createPayPayClient } from '#platform/paypay/client.ts'
import { openMailbox } from '#platform/mail/mailbox.ts'
import { openEmptyReadStore } from '#platform/readstore/testing.ts'
import { openSqliteSessions } from '#platform/sessions/sqlite.ts'
import { createLogger } from '#platform/telemetry/logger.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { checkout } from '#processmanagers/checkout/checkout.ts'
import { confirmations as confirmationsOf } from '#processmanagers/payment-confirmation/confirmations.ts'
import { mailing } from '#processmanagers/mailing/mailing.ts'
import { wording } from '#processmanagers/mailing/wording.ts'
import { paymentConfirmation } from '#processmanagers/payment-confirmation/payment-confirmation.ts'
import { refunding } from '#processmanagers/refunding/refunding.ts'
import { PROCESS_COLLECTIONS, startProcess } from '#processmanagers/runner.ts'
import { startProductSearch } from '#projections/product-search/feed.ts'
import { productQueries } from '#projections/products/queries.ts'
import { activeGenerations } from '#projections/rebuild/active-generations.ts'
import { listProjections } from '#projections/rebuild/listing.ts'
import { rebuildOperations } from '#projections/rebuild/operations.ts'
import { startProjections } from '#projections/runner.ts'
import { shopProjections } from '#projections/shop-projections.ts'
import { positionWait } from '#projections/wait.ts'
import { shopProfile } from '#seed/shop-profile.ts'
import { buildApi } from './app.ts'
import type { ApiDependencies, DocumentChange } from './dependencies.ts'

export interface ApiBenchOptions {
  /** Runs checkout, confirmation and refunding too, so that orders get codes, are paid and can be refunded. */
  readonly withProcesses?: boolean
  /** Keeps the mails that buyers would get in a mailbox. */
  readonly withMail?: boolean
  /** With a Firebase project in it there is no development issuer; `replace` then brings an identity. */
  readonly environment?: Readonly<Record<string, string>>
  /** Replaces parts of what the API is given, such as an event store that fails. */
  readonly replace?: (deps: ApiDependencies) => Partial<ApiDependencies>
  /** False makes the API follow the log by itself, as where the projections run elsewhere. */
  readonly colocated?: boolean
  readonly clock?: Clock
  /** Adds pages beside the API before it listens, as a storefront does. */
  readonly beside?: (app: FastifyInstance) => void
}

/** Longer than a busy machine takes for anything, and shorter than a spec may take. */
const LONGEST_WAIT_MS = 30_000

/** The API on the real engines in this process, for specs: embedded event store, simulator, projections. */
export const apiBench = async (options: ApiBenchOptions = {}) => {
  const clock = options.clock ?? systemClock
  const dataDir = mkdtempSync(join(tmpdir(), 'kessai-api-'))
  const node = await startNode({ file: ':memory:', port: 0 })
  const simulator = await startSimulator({ dataDir: ':memory:', port: 0, tlsPort: 0, seed: 7 })
  const stopping = new AbortController()
  const { signal } = stopping
  const eventStore = connectEventStore({
    connectionString: node.connectionString,
    clock,
    answerTimeoutMs: LONGEST_WAIT_MS,
  })
  const readStore = openEmptyReadStore()
  const pictures = await openEmptyImages(join(dataDir, 'images'))
  await readStore.prepare(PROCESS_COLLECTIONS)
  const commands = commandRunner({ store: eventStore, clock, random: () => 0.5 })
  const logs: string[] = []
  const logger = createLogger('debug', { write: (line: string) => void logs.push(line) })
  const provider = createPayPayClient({
    baseUrl: simulator.url,
    ...simulator.credentials,
  })
  const metrics = createMetrics()
  const confirmations = confirmationsOf({
    provider,
    commands,
    clock,
    newId: randomUUID,
    quietMs: 50,
    onVerdict: (source, verdict) => {
      metrics.confirmations.inc({ source, verdict })
    },
  })
  const holder = { id: 'api-bench', isGone: () => false }
  const models = activeGenerations({ readStore, projections: shopProjections, clock: systemClock })
  const projections = startProjections({
    store: eventStore,
    readStore,
    projections: shopProjections,
    clock: systemClock,
    signal,
    holder,
  })
  const search = startProductSearch({
    products: productQueries(models.readStore),
    clock: systemClock,
    signal,
    onChange: projections.onChange,
  })
  const runner = { store: eventStore, readStore, commands, clock: systemClock, signal, log: () => {} }
  const processes =
    options.withProcesses === true
      ? [
          startProcess(
            checkout({
              commands,
              provider,
              confirmations,
              clock,
              returnUrl: (id) => `http://127.0.0.1/${id}`,
            }),
            runner,
          ),
          startProcess(paymentConfirmation({ commands, confirmations, clock }), runner),
          startProcess(refunding({ commands, provider, clock }), runner),
        ]
      : []

  const issuer = await developmentIssuer({ dataDir, clock })
  const keyring = openSqliteKeyring(':memory:', randomBytes(32))
  const sessions = openSqliteSessions({ file: ':memory:', clock })
  const config = readConfig({ NODE_ENV: 'test', ...options.environment })
  const shop = await shopProfile()
  const mailbox = openMailbox({ file: ':memory:', keyring, clock })
  if (options.withMail === true)
    processes.push(
      startProcess(
        mailing({
          store: eventStore,
          commands,
          keyring,
          mailer: mailbox,
          clock,
          wording: wording({ shop, publicUrl: config.publicUrl, simulatedPayments: true }),
        }),
        runner,
      ),
    )
  const caughtUp = positionWait({
    readStore: models.readStore,
    projections: shopProjections,
    clock: systemClock,
    ...(options.colocated === false ? {} : { running: projections }),
  })
  const complete: ApiDependencies = {
    config,
    clock,
    newId: randomUUID,
    logger,
    eventStore,
    commands,
    readStore: models.readStore,
    projectionCopies: {
      ...rebuildOperations({
        readStore,
        projections: shopProjections,
        clock: systemClock,
        holder,
        onChange: () => {
          models.lookAgain()
          projections.lookAgain()
        },
      }),
      list: () => listProjections(readStore, shopProjections, holder),
    },
    productSearch: search,
    confirmations,
    keyring,
    sessions,
    ...(options.withMail === true ? { mailbox } : {}),
    identity: issuer,
    ...(firebaseOf(config) === undefined ? { developmentIssuer: issuer } : {}),
    channelSecret: randomBytes(32),
    // As with deliveries: whoever asks for what it has written gets it, however late the read models are here.
    waitFor: (position, limitMs) => caughtUp(position, Math.max(limitMs, LONGEST_WAIT_MS)),
    ...(options.colocated === false
      ? {}
      : { onChange: (listener: (change: DocumentChange) => void) => projections.onChange(listener) }),
    // Real time on a busy machine: only a spec about this time wants the shop's own.
    answerDeliveriesWithinMs: LONGEST_WAIT_MS,
    refreshWithinMs: LONGEST_WAIT_MS,
    searchWithinMs: LONGEST_WAIT_MS,
    images: pictures.images,
    readiness: () => projections.status().map(({ name, caughtUp }) => ({ name, ok: caughtUp })),
    metrics,
    shop,
    categories: [{ categoryId: 'tea', name: { ja: 'お茶', en: 'Tea' } }],
  }
  const deps = { ...complete, ...options.replace?.(complete) }
  const app = await buildApi(deps)
  options.beside?.(app)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = z.object({ port: z.number() }).parse(app.server.address())

  const contextFor = (id: string): CommandContext => {
    const commandId = randomUUID()
    return { commandId, correlationId: id, causationId: commandId, actor: 'system:test' }
  }

  return {
    app,
    deps,
    port,
    url: `http://127.0.0.1:${port}`,
    simulator,
    projections,
    /** Every line that was logged so far. */
    logs: () => logs.join(''),
    /** Offers a product and takes in its stock; waits until the read models know it. */
    offer: async (id: string, priceMinor = 1_000, quantity = 100) => {
      const productId = ProductId.parse(id)
      await commands.run(
        product,
        productId,
        {
          type: 'ListProduct',
          productId,
          category: 'tea',
          title: { ja: `お茶 ${id}`, en: `Tea ${id}` },
          description: { ja: 'おいしいお茶です', en: 'Good tea' },
          price: money(priceMinor, 'JPY'),
          taxRatePercent: 8,
          listedAtMs: clock.nowMs(),
        },
        contextFor(id),
      )
      const outcome = await commands.run(
        stock,
        productId,
        { type: 'ReceiveStock', productId, receiptId: randomUUID(), quantity, atMs: clock.nowMs() },
        contextFor(id),
      )
      if (outcome.kind === 'refused') throw new Error(`No stock for ${id}: ${outcome.refusal}`)
      if (!(await projections.waitFor(outcome.position, LONGEST_WAIT_MS)))
        throw new Error('The read models did not follow')
    },
    reprice: (id: string, priceMinor: number) =>
      commands.run(
        product,
        id,
        { type: 'RepriceProduct', price: money(priceMinor, 'JPY'), atMs: clock.nowMs() },
        contextFor(id),
      ),
    delist: (id: string) =>
      commands.run(product, id, { type: 'DelistProduct', atMs: clock.nowMs() }, contextFor(id)),
    eventsOf: (stream: string) => collected(eventStore, stream),
    typesOf: async (stream: string) => (await collected(eventStore, stream)).map(({ type }) => type),
    signIn: (email: string, roles: readonly Role[] = []) => browserOf(app, email, roles),
    simulate: async (path: string, body: object): Promise<void> => {
      const response = await fetch(`${simulator.url}/_sim/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      if (!response.ok) throw new Error(`/_sim/${path}: ${response.status} ${await response.text()}`)
    },
    close: async () => {
      await app.close()
      stopping.abort()
      await Promise.all([projections.stopped, ...processes.map(({ stopped }) => stopped)])
      await eventStore.close()
      provider.close()
      await simulator.stop()
      await node.stop()
      await Promise.all([
        sessions.close(),
        mailbox.close(),
        keyring.close(),
        readStore.close(),
        pictures.drop(),
      ])
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

export type ApiBench = Awaited<ReturnType<typeof apiBench>>

const collected = async (eventStore: EventStore, stream: string): Promise<RecordedEvent[]> => {
  const events: RecordedEvent[] = []
  for await (const event of eventStore.read(stream)) events.push(event)
  return events
}

const SignedIn = z.object({ csrfToken: z.string(), customerId: z.string() })

/** A signed-in browser: it sends the cookie, and the CSRF token with whatever changes something. */
const browserOf = async (
  app: Awaited<ReturnType<typeof buildApi>>,
  email: string,
  roles: readonly Role[],
) => {
  const issued = await app.inject({ method: 'POST', url: '/api/dev/sign-in', payload: { email, roles } })
  const opened = await app.inject({ method: 'POST', url: '/api/auth/session', payload: issued.json() })
  if (opened.statusCode !== 201) throw new Error(`Signing in: ${opened.statusCode} ${opened.body}`)
  const { csrfToken, customerId } = SignedIn.parse(opened.json())
  const sid = opened.cookies.find(({ name }) => name === 'sid')?.value ?? ''
  const send = (request: InjectOptions): Promise<LightMyRequestResponse> =>
    app.inject({
      ...request,
      headers: { cookie: `sid=${sid}`, 'x-csrf-token': csrfToken, ...request.headers },
    })
  return {
    sid,
    csrfToken,
    customerId,
    send,
    get: (url: string) => send({ method: 'GET', url }),
    post: (url: string, payload?: object) =>
      send({ method: 'POST', url, ...(payload === undefined ? {} : { payload }) }),
    /** Pays into one's own wallet; a fresh key unless one is given. */
    deposit: (payload: object, key: string = randomUUID()) =>
      send({ method: 'POST', url: '/api/wallet/deposits', headers: { 'idempotency-key': key }, payload }),
    /** Posts an order; a fresh key unless one is given. */
    order: (payload: unknown, key: string = randomUUID()) =>
      send({
        method: 'POST',
        url: '/api/orders',
        headers: { 'idempotency-key': key, 'content-type': 'application/json' },
        payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
      }),
  }
}

export type Browser = Awaited<ReturnType<typeof browserOf>>

/** Waits until the condition gives something, asking again every few milliseconds for a bounded time. */
export const until = async <T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  limitMs = LONGEST_WAIT_MS,
): Promise<T> => {
  const giveUpAtMs = systemClock.monotonicMs() + limitMs
  for (;;) {
    const found = await condition()
    if (found !== undefined && found !== false) return found
    if (systemClock.monotonicMs() > giveUpAtMs) throw new Error(`Not within ${limitMs} ms: ${what}`)
    await systemClock.sleep(10)
  }
}
