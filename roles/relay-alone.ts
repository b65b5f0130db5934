import { mkdirSync } from 'node:fs'
import { systemClock } from '#platform/clock/clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { ConfigurationError, printable, readConfig } from '#platform/config/config.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import { createLogger } from '#platform/telemetry/logger.ts'
import { watchEventStore } from '#platform/telemetry/event-store-watch.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { processHolder } from './process-holder.ts'
import { reachReadStore } from './reach-read-store.ts'
import { openRelay } from './relay.ts'
import { stopRequested } from './stop-requested.ts'

/** The relay and nothing else: it needs the log, the read store and Kafka, and none of the shop's secrets. */
export const runRelay = async (environment: NodeJS.ProcessEnv): Promise<void> => {
  const stop = stopRequested()
  const config = readConfig(environment)
  if (config.KAFKA_BROKERS === undefined)
    throw new ConfigurationError('The relay needs KAFKA_BROKERS; without it events stay in the log')
  if (config.EVENTSTORE_URL === undefined)
    throw new ConfigurationError('A role that runs alone needs EVENTSTORE_URL; `npm start` brings its own')
  const logger = createLogger(config.LOG_LEVEL)
  logger.info({ roles: ['relay'], config: printable(config) }, 'Configuration')
  const clock = systemClock
  mkdirSync(config.KESSAI_DATA, { recursive: true })
  const { registry } = createMetrics()
  const { observer } = watchEventStore(registry, (facts, message) => {
    logger.warn(facts, message)
  })
  const { EVENTSTORE_USERNAME: username, EVENTSTORE_PASSWORD: password = '' } = config
  const store = connectEventStore({
    connectionString: config.EVENTSTORE_URL,
    clock,
    ...(username === undefined ? {} : { credentials: { username, password } }),
    observer,
  })
  const readStore = await reachReadStore({ config, clock, logger, collections: [] })
  const stopping = new AbortController()
  const relay = await openRelay({
    config,
    logger,
    registry,
    store,
    readStore,
    commands: commandRunner({ store, clock, random: Math.random }),
    clock,
    signal: stopping.signal,
    holder: processHolder(),
    log: (message, detail, level = 'warn') => {
      logger[level](detail, message)
    },
  })
  await stop
  stopping.abort()
  await relay?.stopped
  await store.close()
  await readStore.close()
}
