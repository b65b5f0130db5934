import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '#platform/clock/clock.ts'
import { ConfigurationError, readConfig } from '#platform/config/config.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import type { Projection } from '#projections/projection.ts'
import { GENERATIONS } from '#projections/rebuild/generations.ts'
import { leases, LEASES, type Holder, type Leases } from '#projections/rebuild/leases.ts'
import { rebuildOperations, type RebuildOperations } from '#projections/rebuild/operations.ts'
import { shopProjections } from '#projections/shop-projections.ts'
import { processHolder } from '../process-holder.ts'
import { reachEventStore } from '../reach-event-store.ts'
import { reachReadStore } from '../reach-read-store.ts'

/** What the commands about projections work on, beside a shop that runs or at rest. */
export interface Workbench {
  readonly readStore: ReadStore
  readonly projections: readonly Projection[]
  readonly operations: RebuildOperations
  readonly holder: Holder
  readonly leases: Leases
  /** Only for those who read the log. */
  readonly log: () => Promise<EventStore>
  readonly close: () => Promise<void>
}

/**
 * @throws ConfigurationError when there are no read models, or no log where one is asked for.
 * @throws ReadStoreUnavailable when the MongoDB that is configured does not answer.
 */
export const openWorkbench = async (environment: NodeJS.ProcessEnv): Promise<Workbench> => {
  const config = readConfig(environment)
  if (config.MONGODB_URL === undefined && !existsSync(join(config.KESSAI_DATA, 'read-models.db')))
    throw new ConfigurationError(`There are no read models yet: ${config.KESSAI_DATA} has no read-models.db`)
  const readStore = await reachReadStore({
    config,
    clock: systemClock,
    logger: { warn: () => {} },
    collections: [GENERATIONS, LEASES],
    // A person who asks wants to be told at once that the server is away.
    patienceMs: 0,
  })
  const holder = processHolder()
  const clock = systemClock
  const closing: (() => Promise<void>)[] = [readStore.close]
  return {
    readStore,
    projections: shopProjections,
    operations: rebuildOperations({ readStore, projections: shopProjections, clock, holder }),
    holder,
    leases: leases({ readStore, holder, clock }),
    log: async () => {
      const { url, close } = await reachEventStore(environment)
      const { EVENTSTORE_USERNAME: username, EVENTSTORE_PASSWORD: password = '' } = config
      const store = connectEventStore({
        connectionString: url,
        clock,
        ...(username === undefined ? {} : { credentials: { username, password } }),
      })
      closing.push(async () => {
        await store.close()
        await close()
      })
      return store
    },
    close: async () => {
      for (const close of closing.toReversed()) await close()
    },
  }
}

/** @throws ConfigurationError naming those there are. */
export const projectionNamed = (projections: readonly Projection[], name: string): Projection => {
  const found = projections.find((each) => each.name === name)
  if (found !== undefined) return found
  throw new ConfigurationError(
    `There is no projection ${name}; there are ${projections.map((each) => each.name).join(', ')}`,
  )
}
