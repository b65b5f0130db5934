import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { buildApi } from '#api/app.ts'
import type { ReadinessPart } from '#api/dependencies.ts'
import { otherGoods } from '#api/product-import/other-goods.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { bucketOf, type Config } from '#platform/config/config.ts'
import { firebaseOf } from '#platform/config/firebase.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { folderImages, IMAGES_FOLDER } from '#platform/images/folder.ts'
import { s3Images } from '#platform/images/s3.ts'
import { watchImages } from '#platform/images/watch.ts'
import { createPayPayClient } from '#platform/paypay/client.ts'
import { readinessOf } from '#platform/paypay/condition.ts'
import { measurePayPay } from '#platform/paypay/metrics.ts'
import { standing as standingWith } from '#platform/paypay/standing.ts'
import { watchEventStore } from '#platform/telemetry/event-store-watch.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { measureParkedKeys } from '#platform/telemetry/parked-keys.ts'
import { measureProjections } from '#platform/telemetry/projections.ts'
import { credentialsWitness } from '#processmanagers/alerting/credentials.ts'
import { checkout } from '#processmanagers/checkout/checkout.ts'
import { forgetting } from '#processmanagers/forgetting/forgetting.ts'
import { confirmations as confirmationsOf } from '#processmanagers/payment-confirmation/confirmations.ts'
import {
  productionLadder,
  requireWatchOutlivesCodes,
  USUAL_CODE_LIFE_MS,
} from '#processmanagers/payment-confirmation/ladder.ts'
import { paymentConfirmation } from '#processmanagers/payment-confirmation/payment-confirmation.ts'
import { refunding } from '#processmanagers/refunding/refunding.ts'
import { remediation } from '#processmanagers/remediation/remediation.ts'
import { PROCESS_COLLECTIONS, startProcess, type RunningProcess } from '#processmanagers/runner.ts'
import { MAILING } from '#processmanagers/mailing/mailing.ts'
import { INCONSISTENCY } from '#projections/inconsistency/collection.ts'
import { activeGenerations } from '#projections/rebuild/active-generations.ts'
import { LEASES } from '#projections/rebuild/leases.ts'
import { listProjections } from '#projections/rebuild/listing.ts'
import { rebuildOperations } from '#projections/rebuild/operations.ts'
import { startProjections, type Projections } from '#projections/runner.ts'
import { shopProjections } from '#projections/shop-projections.ts'
import { positionWait } from '#projections/wait.ts'
import { RELAY } from '#relay/relay-name.ts'
import { loadSeed, seedCategories } from '#seed/load.ts'
import { shopProfile } from '#seed/shop-profile.ts'
import { startShopAlerting, type ShopAlerting } from './alerting.ts'
import { drawingOf, drawnNames } from './drawings.ts'
import { mailboxOf, startShopMailing } from './mailing.ts'
import type { PayPayAddress } from './paypay-address.ts'
import { forgetAgain } from './forgetting.ts'
import { openPeople } from './people.ts'
import { processHolder } from './process-holder.ts'
import { enginePart, processPart, projectionPart } from './readiness-parts.ts'
import { reachReadStore } from './reach-read-store.ts'
import { keepSweepingPictures } from './replaced-pictures.ts'
import { startShopSearch } from './shop-search.ts'
import { openRelay } from './relay.ts'
import { mountStorefront } from './storefront.ts'

export type ShopRole = 'api' | 'projections' | 'processmanagers' | 'relay'

export interface ShopOptions {
  readonly config: Config
  readonly roles: ReadonlySet<ShopRole>
  readonly eventStoreUrl: string
  readonly paypay: PayPayAddress
  readonly logger: Logger
  /** Loads the demo catalogue before the API opens. */
  readonly seed?: boolean
  /** Parts outside this process that readiness also depends on. */
  readonly otherParts?: () => readonly ReadinessPart[]
}

export interface Shop {
  readonly stop: () => Promise<void>
}

const SEED_VISIBLE_WITHIN_MS = 10_000

/** Puts the roles of one process together on one event store client; the only place that knows every room. */
export const startShop = async (options: ShopOptions): Promise<Shop> => {
  const { config, roles, logger, paypay } = options
  const codeLifeMs = config.PAYPAY_CODE_LIFE_MS ?? USUAL_CODE_LIFE_MS
  // Before anything is opened, so that a refusal ends the process.
  if (roles.has('processmanagers')) requireWatchOutlivesCodes(productionLadder, codeLifeMs)
  const profile = roles.has('api') ? await shopProfile(config.SHOP_PROFILE) : undefined
  const clock = systemClock
  const dataDir = config.KESSAI_DATA
  mkdirSync(dataDir, { recursive: true })
  const stopping = new AbortController()
  const { signal } = stopping
  const log = (message: string, detail: object, level: 'info' | 'warn' | 'error' = 'warn'): void => {
    logger[level](detail, message)
  }

  const metrics = createMetrics()
  const watch = watchEventStore(metrics.registry, (facts, message) => {
    logger.warn(facts, message)
  })
  const store = connectEventStore({
    connectionString: options.eventStoreUrl,
    clock,
    ...(config.EVENTSTORE_USERNAME === undefined
      ? {}
      : {
          credentials: { username: config.EVENTSTORE_USERNAME, password: config.EVENTSTORE_PASSWORD ?? '' },
        }),
    observer: watch.observer,
  })
  const readStore = await reachReadStore({
    config,
    clock,
    logger,
    collections: [...PROCESS_COLLECTIONS, LEASES, INCONSISTENCY],
  })
  const holder = processHolder()
  /** What queries read; the process managers' own documents are where they always were. */
  const models = activeGenerations({ readStore, projections: shopProjections, clock })
  const commands = commandRunner({ store, clock, random: Math.random })

  const standing = standingWith(clock)
  const credentials = credentialsWitness({ commands, clock, newId: randomUUID, log })
  const provider = createPayPayClient({
    ...paypay,
    clock,
    onCall: (call) => {
      countCall(call)
      // What was held back says nothing of PayPay, and there may be hundreds of it a second.
      const isNews = call.outcome === 'unknown' && call.reason !== 'held-back'
      logger[isNews ? 'warn' : 'debug'](call, 'PayPay call')
      credentials.note(call)
      if (standing.note(call))
        logger.error(
          call,
          'PayPay refuses our key, clock or merchant id; nothing is failed, and a person must look',
        )
    },
  })
  const countCall = measurePayPay(metrics.registry, () => provider.condition())
  const confirmations = confirmationsOf({
    provider,
    commands,
    clock,
    newId: randomUUID,
    signal,
    onVerdict: (source, verdict) => {
      metrics.confirmations.inc({ source, verdict })
    },
  })

  const people =
    roles.has('api') || roles.has('processmanagers')
      ? await openPeople({ config, clock, logger, registry: metrics.registry })
      : undefined
  if (people !== undefined) await forgetAgain({ store, people, clock, logger, signal })

  let projections: Projections | undefined
  if (roles.has('projections'))
    projections = startProjections({
      store,
      readStore,
      projections: shopProjections,
      clock,
      signal,
      logger,
      holder,
    })

  let processes: readonly RunningProcess[] = []
  if (roles.has('processmanagers') && people !== undefined) {
    const runner = { store, readStore, commands, clock, signal, log }
    const returnUrl = (orderId: string): string => `${config.publicUrl}/checkout/return/${orderId}`
    const onPaid = (source: string, completedAtMs: number): void => {
      metrics.completedToPaid.observe({ source }, Math.max(0, clock.nowMs() - completedAtMs) / 1_000)
    }
    processes = [
      startProcess(checkout({ commands, provider, confirmations, clock, returnUrl, onPaid }), runner),
      startProcess(paymentConfirmation({ commands, confirmations, clock, codeLifeMs }), runner),
      startProcess(remediation({ commands, clock }), runner),
      startProcess(refunding({ commands, provider, clock }), runner),
      startProcess(forgetting({ ...people, eventStore: store, commands, clock, log }), runner),
    ]
  }

  let alerting: ShopAlerting | undefined
  if (roles.has('processmanagers'))
    alerting = startShopAlerting({
      config,
      store,
      commands,
      clock,
      signal,
      log,
      readStore: models.readStore,
      registry: metrics.registry,
      processes: [...processes.map(({ status }) => status().name), MAILING, RELAY],
    })
  const registry = metrics.registry
  const mailing = roles.has('processmanagers')
    ? await startShopMailing({ config, registry, store, readStore, commands, clock, signal, log, holder })
    : undefined
  const relay = roles.has('relay')
    ? await openRelay({
        config,
        logger,
        registry: metrics.registry,
        store,
        readStore,
        commands,
        clock,
        signal,
        log,
        holder,
      })
    : undefined

  measureParkedKeys(metrics.registry, () => [
    ...(relay?.parkedCounts() ?? []),
    ...(mailing === undefined ? [] : [mailing.parkedCount()]),
    ...processes.map(({ status }) => {
      const { name, parkedKeys } = status()
      return { kind: 'process' as const, name, keys: parkedKeys }
    }),
    ...(projections?.status() ?? []).map(({ name, parked }) => ({
      kind: 'projection' as const,
      name,
      keys: parked.length,
    })),
  ])

  measureProjections(metrics.registry, () => projections?.status() ?? [])

  const waitFor = positionWait({
    readStore: models.readStore,
    projections: shopProjections,
    clock,
    ...(projections === undefined ? {} : { running: projections }),
  })
  if (options.seed === true) {
    const { products, position, unreadable } = await loadSeed(commands)
    for (const { place, reason } of unreadable)
      logger.error({ ...place, reason }, 'A product is not loaded: its record cannot be read')
    if (projections !== undefined) await waitFor(position, SEED_VISIBLE_WITHIN_MS)
    logger.info({ products }, 'The catalogue is loaded')
  }

  /** Looking is what closes an open circuit when no buyer comes; nobody waits for the probe. */
  const paypayPart = (): ReadinessPart => {
    void provider.probe()
    return readinessOf(provider.condition())
  }

  const enginesAnswer = (): Promise<ReadinessPart[]> =>
    Promise.all([
      enginePart('event store', store.last('readiness'), clock),
      enginePart('read store', readStore.checkpoint('readiness'), clock),
    ])

  const bucket = bucketOf(config)
  const images = bucket === undefined ? folderImages(join(dataDir, IMAGES_FOLDER)) : s3Images(bucket)
  const picturesPart = watchImages({
    images,
    clock,
    onChange: (trouble) => {
      if (trouble === undefined) logger.info('Pictures can be kept and read again')
      else logger.warn(trouble, 'Pictures can be neither kept nor read')
    },
  })
  /** Beside the engines, which are looked at in the same moment. */
  const picturesAnswer = async (): Promise<ReadinessPart[]> =>
    roles.has('api') ? [await picturesPart()] : []

  let searchParts: () => readonly ReadinessPart[] = () => []
  let peopleParts: () => Promise<readonly ReadinessPart[]> = () => Promise.resolve([])

  const readiness = async (): Promise<ReadinessPart[]> => [
    ...(await Promise.all([enginesAnswer(), picturesAnswer(), peopleParts()])).flat(),
    paypayPart(),
    ...(projections?.status() ?? []).map(projectionPart),
    ...processes.map(({ status }) => processPart(status())),
    ...searchParts(),
    ...(alerting === undefined ? [] : [alerting.readiness()]),
    ...(mailing === undefined ? [] : [mailing.readiness()]),
    ...(relay?.readiness() ?? []),
    ...watch.subscriptions().map(({ name, connected, restarts, trouble }) => ({
      name: `subscription ${name}`,
      ok: connected,
      ...(trouble === undefined ? {} : { detail: `restart ${restarts}: ${trouble}` }),
    })),
    ...(options.otherParts?.() ?? []),
  ]

  let sweeping: Promise<void> | undefined
  let api: FastifyInstance | undefined
  const closing: (() => unknown)[] = []
  if (people !== undefined) {
    peopleParts = people.readiness
    closing.push(people.close)
  }
  if (profile !== undefined && people !== undefined) {
    const { close: _close, readiness: _readiness, ...known } = people
    const { search, readiness: searchPart } = startShopSearch({ models, projections, clock, signal, logger })
    searchParts = () => [searchPart()]
    const mailbox = mailboxOf(config, people.keyring, clock)
    closing.unshift(() => mailbox?.close())
    api = await buildApi({
      config,
      clock,
      newId: randomUUID,
      logger,
      eventStore: store,
      commands,
      readStore: models.readStore,
      projectionCopies: {
        ...rebuildOperations({
          readStore,
          projections: shopProjections,
          clock,
          holder,
          onChange: () => {
            models.lookAgain()
            projections?.lookAgain()
          },
        }),
        list: () => listProjections(readStore, shopProjections, holder),
      },
      productSearch: search,
      confirmations,
      ...known,
      ...(mailbox === undefined ? {} : { mailbox }),
      waitFor,
      ...(projections === undefined ? {} : { onChange: projections.onChange }),
      paypayAvailable: standing.isAccepted,
      images,
      imageUrl: drawingOf(await drawnNames()),
      readiness,
      metrics,
      shop: profile,
      categories: [...(await seedCategories()), otherGoods],
    })
    await mountStorefront(api, { logger, publicUrl: config.PUBLIC_URL, firebase: firebaseOf(config) })
    await api.listen({ host: config.HOST, port: config.PORT })
    sweeping = keepSweepingPictures({ eventStore: store, images, readStore, clock, logger, signal })
  }

  return {
    stop: async () => {
      await api?.close()
      stopping.abort()
      await Promise.all([
        projections?.stopped,
        alerting?.stopped,
        mailing?.stop(),
        relay?.stopped,
        sweeping,
        ...processes.map(({ stopped }) => stopped),
      ])
      await store.close()
      provider.close()
      for (const close of closing) await close()
      await readStore.close()
    },
  }
}
