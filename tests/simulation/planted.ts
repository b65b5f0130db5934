import type { MerchantPaymentId } from '#domain/ids.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import type { EventStore } from '#platform/eventstore/port.ts'
import type { AlertingOptions } from '#processmanagers/alerting/alerting.ts'
import type { PaymentProvider } from '#platform/paypay/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import type { Projection } from '#projections/projection.ts'
import type { Host } from './host.ts'

/** A mistake put between the product and its ports, to see whether the simulation would find it. */
export interface PlantedBug {
  readonly store?: (store: EventStore) => EventStore
  /** The store as the process runner alone sees it. */
  readonly processStore?: (store: EventStore, readStore: ReadStore) => EventStore
  /** The read store as the process runner alone sees it. */
  readonly readStore?: (readStore: ReadStore) => ReadStore
  /** The read store as the host of the read models alone sees it. */
  readonly projectionReadStore?: (readStore: ReadStore) => ReadStore
  /** A read model, as the shop folds it. */
  readonly projection?: (projection: Projection) => Projection
  readonly processClock?: (clock: Clock) => Clock
  readonly provider?: (provider: PaymentProvider, host: Host) => PaymentProvider
  readonly commands?: (commands: CommandRunner) => CommandRunner
  readonly alerting?: (options: AlertingOptions, host: Host) => AlertingOptions
  readonly idempotencyKey?: (key: string, host: Host) => string
  /** Another id than the one staff sent, for every press of a button. */
  readonly refundKey?: (key: string, host: Host) => string
  /** What a webhook's body leads to beside a question. */
  readonly believe?: (
    commands: CommandRunner,
    id: MerchantPaymentId,
    orderId: string,
    body: string,
    host: Host,
  ) => Promise<void>
}

/** A bug that must be found, by the named seed or one of the few after it. */
export interface Planted {
  readonly name: string
  readonly bug: PlantedBug
  /** The seed that finds it as the product is today; after a change of the product another one may. */
  readonly seed: number
  /** How many seeds from that one on may be needed at most. */
  readonly within: number
  /** The setting in which it is found, where an ordinary run would need thousands of seeds. */
  readonly setting?: string
  /** The one rule that must find it, where it was planted to show that this rule finds anything. */
  readonly rule?: string
}
