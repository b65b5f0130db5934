import { mkdirSync } from 'node:fs'
import { systemClock } from '#platform/clock/clock.ts'
import { printable, readConfig, unsafeDefaultsInUse } from '#platform/config/config.ts'
import { createLogger } from '#platform/telemetry/logger.ts'
import { superviseChild, type Child } from './child.ts'
import { CHILD_FLAGS, EVENT_STORE_FLAGS } from './memory.ts'
import { announceEventStore, embeddedUrl, logFileOf } from './reach-event-store.ts'
import { stopRequested } from './stop-requested.ts'

/** Everything on one machine: the event store and the simulator as children, the shop in this process. */
export const runStart = async (environment: NodeJS.ProcessEnv): Promise<void> => {
  const stop = stopRequested()
  const config = readConfig(environment)
  const logger = createLogger(config.LOG_LEVEL)
  logger.info({ config: printable(config) }, 'Configuration')
  const log = (message: string, detail: object): void => {
    logger.error(detail, message)
  }
  mkdirSync(config.KESSAI_DATA, { recursive: true })
  const clock = systemClock

  const children: { readonly name: string; readonly child: Child }[] = []
  const supervise = (
    name: string,
    flags: readonly string[],
    argumentsFor: (ports: readonly number[] | undefined) => readonly string[],
  ): Child => {
    const child = superviseChild({ name, arguments: argumentsFor, flags, clock, log })
    children.push({ name, child })
    return child
  }

  const node =
    config.EVENTSTORE_URL === undefined
      ? supervise('embedded-eventstore', EVENT_STORE_FLAGS, (ports) => [
          'embedded-eventstore',
          '--port',
          String(ports?.[0] ?? 0),
          '--host',
          '127.0.0.1',
          '--db',
          logFileOf(config.KESSAI_DATA),
        ])
      : undefined
  const webhookPath = config.PAYPAY_WEBHOOK_SECRET === undefined ? '' : `/${config.PAYPAY_WEBHOOK_SECRET}`
  const simulator =
    config.PAYPAY_ENVIRONMENT === 'simulator' && config.PAYPAY_SIMULATOR_URL === undefined
      ? supervise('paypay-simulator', CHILD_FLAGS, (ports) => [
          'paypay-simulator',
          '--port',
          String(ports?.[0] ?? config.PAYPAY_SIMULATOR_PORT),
          '--tls-port',
          String(ports?.[1] ?? config.PAYPAY_SIMULATOR_TLS_PORT),
          '--data',
          config.KESSAI_DATA,
          '--webhook',
          `http://127.0.0.1:${config.PORT}/api/paypay/webhook${webhookPath}`,
          ...(config.PAYPAY_CODE_LIFE_MS === undefined
            ? []
            : ['--code-life-ms', String(config.PAYPAY_CODE_LIFE_MS)]),
        ])
      : undefined

  let shop: { readonly stop: () => Promise<void> } | undefined
  let withdraw = (): void => {}
  try {
    // The rooms of the shop are loaded while the children start.
    const [{ startShop }, { paypayAddress }] = await Promise.all([
      import('./shop.ts'),
      import('./paypay-address.ts'),
    ])
    const [nodePorts, simulatorPorts] = await Promise.all([node?.listening, simulator?.listening])
    if (nodePorts?.[0] !== undefined) withdraw = announceEventStore(config.KESSAI_DATA, nodePorts[0])
    const simulatorUrl = config.PAYPAY_SIMULATOR_URL ?? `http://127.0.0.1:${simulatorPorts?.[0] ?? 0}`
    const started = await startShop({
      config,
      roles: new Set(['api', 'projections', 'processmanagers', 'relay']),
      eventStoreUrl: config.EVENTSTORE_URL ?? embeddedUrl(nodePorts?.[0] ?? 0),
      paypay: paypayAddress(config, simulatorUrl),
      logger,
      seed: config.SEED,
      otherParts: () => children.map(({ name, child }) => ({ name, ok: child.isUp() })),
    })
    shop = started
    logger.info(
      {
        shop: config.publicUrl,
        apiDocs: `${config.publicUrl}/api/docs`,
        ...(simulator === undefined ? {} : { paypaySimulator: simulatorUrl }),
        unsafeDefaults: unsafeDefaultsInUse(config),
      },
      'Kessai is open',
    )
    await stop
  } finally {
    await shop?.stop()
    withdraw()
    await Promise.all(children.map(({ child }) => child.stop()))
  }
}
