import { ConfigurationError, printable, readConfig, type Config } from '#platform/config/config.ts'
import { createLogger } from '#platform/telemetry/logger.ts'
import { paypayAddress } from './paypay-address.ts'
import { startShop, type Shop, type ShopRole } from './shop.ts'
import { stopRequested } from './stop-requested.ts'

/** One role alone, on an event store that runs elsewhere. As many as needed may run. */
export const runRole = async (role: ShopRole, environment: NodeJS.ProcessEnv): Promise<void> => {
  const stop = stopRequested()
  const config = readConfig(environment)
  const shop = await start(config, [role])
  await stop
  await shop.stop()
}

/** Loads the demo catalogue and ends. */
export const runSeed = async (environment: NodeJS.ProcessEnv): Promise<void> => {
  const shop = await start(readConfig(environment), [], true)
  await shop.stop()
}

const start = (config: Config, roles: readonly ShopRole[], seed = false): Promise<Shop> => {
  if (config.EVENTSTORE_URL === undefined)
    throw new ConfigurationError('A role that runs alone needs EVENTSTORE_URL; `npm start` brings its own')
  const logger = createLogger(config.LOG_LEVEL)
  logger.info({ roles, config: printable(config) }, 'Configuration')
  return startShop({
    config,
    roles: new Set(roles),
    eventStoreUrl: config.EVENTSTORE_URL,
    paypay: paypayAddress(
      config,
      config.PAYPAY_SIMULATOR_URL ?? `http://127.0.0.1:${config.PAYPAY_SIMULATOR_PORT}`,
    ),
    logger,
    seed,
  })
}
