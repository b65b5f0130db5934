import { cart } from '#domain/cart/aggregate.ts'
import { customer } from '#domain/customer/aggregate.ts'
import { notification } from '#domain/notification/aggregate.ts'
import type { Thresholds } from '#domain/inconsistency/occurrence.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { readConfig } from '#platform/config/config.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import { providerStanding } from '#processmanagers/alerting/credentials.ts'
import { checkoutPlan } from '#processmanagers/checkout/plan.ts'
import { correspondence } from '#processmanagers/mailing/correspondence.ts'
import { parking } from '#processmanagers/parking/parking.ts'
import { watch } from '#processmanagers/payment-confirmation/watch.ts'
import { SHOP_STREAM_PREFIXES } from '#projections/events.ts'
import { checkLog, type Report } from '#projections/invariants/check.ts'
import { inLines } from '#projections/invariants/report.ts'
import { alertThresholds } from './alerting.ts'
import { reachEventStore } from './reach-event-store.ts'

/** Whose events the rules do not look into. */
const OTHERS = [
  cart,
  customer,
  notification,
  checkoutPlan,
  watch,
  correspondence,
  parking,
  providerStanding,
] as const

/** Every category of streams that a shop writes. */
export const CATEGORIES: readonly string[] = [
  ...SHOP_STREAM_PREFIXES.map((prefix) => prefix.slice(0, -1)),
  ...OTHERS.map(({ category }) => category),
]

export interface OpenedStore {
  readonly store: EventStore
  readonly close: () => Promise<void>
}

export interface InvariantsOptions {
  /** Nothing may be in flight any more. */
  readonly settled: boolean
  /** The whole report as one line of JSON instead of a table. */
  readonly json: boolean
  readonly environment: NodeJS.ProcessEnv
  /** The store of this environment unless told. */
  readonly open?: () => Promise<OpenedStore>
  /** Takes what is printed; standard output unless told. */
  readonly print?: (line: string) => void
}

const PROGRESS_EVERY_EVENTS = 50_000

/**
 * Holds a log against the rules I1 to I8, I11 and I13 and prints what it finds. It only reads, and may run beside a shop.
 * @returns the exit code: 0 when there are no violations, 1 when there are, 2 when the log could not be read.
 */
export const runInvariants = async (options: InvariantsOptions): Promise<0 | 1 | 2> => {
  const { settled, json, environment } = options
  const print = options.print ?? ((line: string): void => void process.stdout.write(`${line}\n`))
  let report: Report
  try {
    const { store, close } = await (options.open ?? (() => openStore(environment)))()
    try {
      report = await checkStore(store, settled, showProgress, alertThresholds(readConfig(environment)))
    } finally {
      await close()
    }
  } catch (error) {
    process.stderr.write(
      `The log could not be read: ${error instanceof Error ? error.message : String(error)}\n`,
    )
    return 2
  }
  if (json) print(JSON.stringify({ settled, ...report }))
  else for (const line of inLines(report)) print(line)
  return report.violations === 0 ? 0 : 1
}

/** Reads all of a shop's log as it is now. @throws EventStoreUnavailable */
export const checkStore = (
  store: EventStore,
  settled: boolean,
  onProgress?: (events: number) => void,
  thresholds?: Thresholds,
): Promise<Report> =>
  checkLog({
    store,
    clock: systemClock,
    categories: CATEGORIES,
    readers: OTHERS.map(({ codec }) => codec),
    settled,
    ...(thresholds === undefined ? {} : { thresholds }),
    ...(onProgress === undefined ? {} : { onProgress }),
  })

const openStore = async (environment: NodeJS.ProcessEnv): Promise<OpenedStore> => {
  const { EVENTSTORE_USERNAME: username, EVENTSTORE_PASSWORD: password = '' } = readConfig(environment)
  const { url, close } = await reachEventStore(environment)
  const store = connectEventStore({
    connectionString: url,
    clock: systemClock,
    ...(username === undefined ? {} : { credentials: { username, password } }),
  })
  return {
    store,
    close: async () => {
      await store.close()
      await close()
    },
  }
}

const showProgress = (events: number): void => {
  if (process.stderr.isTTY && events % PROGRESS_EVERY_EVENTS === 0)
    process.stderr.write(`${events} events checked\n`)
}
