import type { FastifyBaseLogger } from 'fastify'
import type { LocalizedText } from '#domain/catalogue/events.ts'
import type { ShopProfile } from '#domain/shop/profile.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import type { Config } from '#platform/config/config.ts'
import type { EventStore, Position } from '#platform/eventstore/port.ts'
import type { DevelopmentIssuer } from '#platform/identity/development-issuer.ts'
import type { IdentityVerifier } from '#platform/identity/port.ts'
import type { NewId } from '#platform/ids/ids.ts'
import type { ImageStore } from '#platform/images/port.ts'
import type { Keyring } from '#platform/keyring/port.ts'
import type { Mailbox } from '#platform/mail/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import type { SharedCounts } from '#platform/redis/shared-counts.ts'
import type { SessionStore } from '#platform/sessions/port.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'
import type { Confirmations } from '#processmanagers/payment-confirmation/confirmations.ts'
import type { ProjectionView } from '#projections/rebuild/listing.ts'
import type { RebuildOperations } from '#projections/rebuild/operations.ts'
import type { ProductSearch } from '#projections/product-search/port.ts'

/** One thing the shop needs in order to work, and whether it does. */
export interface ReadinessPart {
  readonly name: string
  readonly ok: boolean
  readonly detail?: string
  /** What buyers do not need: it is shown as it is, and does not take the shop out of rotation. */
  readonly isAside?: boolean
}

/** A document that has just been written by the projections. */
export interface DocumentChange {
  readonly collection: string
  readonly id: string
  readonly position: Position
}

/** What the shop shows of a category besides its products. */
export interface CategoryTexts {
  readonly categoryId: string
  readonly name: LocalizedText
  readonly description?: LocalizedText
}

/** Everything the API needs of the rest; `main.ts` puts it together, specs put in the embedded engines. */
export interface ApiDependencies {
  readonly config: Config
  readonly clock: Clock
  readonly newId: NewId
  /** See `createLogger`, which leaves out what must not be logged. */
  readonly logger: FastifyBaseLogger
  readonly eventStore: EventStore
  readonly commands: CommandRunner
  readonly readStore: ReadStore
  /** What staff may do with the copies of the read models; `readStore` leads to those that are active. */
  readonly projectionCopies: RebuildOperations & { readonly list: () => Promise<readonly ProjectionView[]> }
  readonly productSearch: ProductSearch
  /** A search that takes longer is answered as unavailable; two seconds unless told. */
  readonly searchWithinMs?: number
  readonly confirmations: Confirmations
  readonly keyring: Keyring
  readonly sessions: SessionStore
  /** Where instances count together how often somebody asks; each counts by itself when absent. */
  readonly sharedCounts?: SharedCounts
  readonly identity: IdentityVerifier
  /** Present only while tokens may be made without a real issuer; opens `POST /api/dev/sign-in`. */
  readonly developmentIssuer?: DevelopmentIssuer
  /** Present only where mails are kept instead of sent; opens `GET /api/mailbox`. */
  readonly mailbox?: Pick<Mailbox, 'list' | 'get'>
  /** Signs socket tokens; at least 32 random bytes, the same in every process that serves sockets. */
  readonly channelSecret: Uint8Array
  /** True once the read models have reached the position, false when that took longer than `timeoutMs`. */
  readonly waitFor: (position: Position, timeoutMs: number) => Promise<boolean>
  /** Present when the projections run in this process; otherwise sockets follow the log themselves. */
  readonly onChange?: (listener: (change: DocumentChange) => void) => () => void
  /** After this a delivery of the provider is refused; the inbox's own time unless told. */
  readonly answerDeliveriesWithinMs?: number
  /** How long whoever asks about a payment waits for what the answer does to the order; five seconds unless told. */
  readonly refreshWithinMs?: number
  /** False while the payment provider refuses our credentials: PayPay is then not offered. Offered when absent. */
  readonly paypayAvailable?: () => boolean
  /** Where uploaded pictures lie. */
  readonly images: ImageStore
  readonly readiness: () => readonly ReadinessPart[] | Promise<readonly ReadinessPart[]>
  readonly metrics: Metrics
  /** What the shop says about itself. */
  readonly shop: ShopProfile
  /** Names for the categories that products are in; a category without one is shown by its id. */
  readonly categories: readonly CategoryTexts[]
  /**
   * Where the drawing is of a product without an uploaded picture, or of a category (`category-{categoryId}`);
   * `/images/{name}.svg` when absent.
   */
  readonly imageUrl?: (name: string) => string
}
