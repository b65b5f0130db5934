import { randomBytes } from 'node:crypto'
import type { Attempt, Ledger } from './attempt.ts'
import { createChance } from './chance.ts'
import type { Credentials } from './credentials.ts'
import { createDeliveryLog } from './delivery-log.ts'
import { type Faults, createFaults } from './faults.ts'
import { type Knobs, defaultKnobs, knobChangeSchema } from './knobs.ts'
import { type Misbehaviour, createMisbehaviour } from './misbehaviour.ts'
import { notificationOf } from './notification.ts'
import { type Deed, type Provider, createProvider } from './provider.ts'
import { type VirtualClock, clockStateSchema, createVirtualClock } from './virtual-clock.ts'
import { type AnnouncementPlan, type WebhookSender, createWebhookSender } from './webhook-sender.ts'

/** One simulated PayPay with everything that may be turned on it. The HTTP faces share it. */
export interface World {
  ledger: Ledger
  provider: Provider
  credentials: Credentials
  shopName: string
  clock: VirtualClock
  /** Keeps the clock's state across a restart; to be called after changing it. */
  rememberClock(): void
  knobs(): Knobs
  setKnobs(change: Partial<Knobs>): Knobs
  sender: WebhookSender
  faults: Faults
  misbehaviour: Misbehaviour
  /** Calls of the API so far, by method and route. */
  calls: Map<string, number>
  nextRequestId(): string
  nextUuid(): string
  /** Where buyers and readers of files reach the simulator. */
  publicUrl(): string
  realNowMs(): number
  /** The time by which signatures are judged. */
  authNowMs(): number
  /** Sends what a deed announced, and answers the deliveries logged for it. */
  tell(deed: Deed, plan?: AnnouncementPlan): number[]
  /** Forgets payments, faults, deliveries, counters, the clock's shift and changed knobs; keeps target and profile. */
  reset(): void
}

export interface WorldOptions {
  ledger: Ledger
  credentials: Credentials
  nowMs?: () => number
  seed?: number
  shopName?: string
  publicUrl: () => string
  /** Go before what was remembered, and survive a reset. */
  knobs?: Partial<Knobs>
}

export function createWorld(options: WorldOptions): World {
  const { ledger, credentials } = options
  const realNowMs = options.nowMs ?? Date.now
  const startKnobs = { ...defaultKnobs, ...options.knobs }
  // Only what was changed while running is remembered, so that a start option does not outlive its run.
  let changed = knobChangeSchema.parse(remembered('knobs') ?? {})
  let knobs: Knobs = { ...defaultKnobs, ...changed, ...options.knobs }
  const clock = createVirtualClock(realNowMs, clockStateSchema.optional().parse(remembered('clock')))
  const faults = createFaults()
  const sender = createWebhookSender({
    log: createDeliveryLog(),
    clock,
    anySuccess: () => knobs.webhookSuccess === '2xx',
    inMaintenance: () => faults.outage() === 'maintenance',
  })
  const chance = createChance(seedOf(ledger, options.seed))
  const provider = createProvider({
    ledger,
    chance,
    nowMs: clock.nowMs,
    knobs: () => knobs,
    publicUrl: options.publicUrl,
  })
  // Starts at the time, so that a restarted simulator does not repeat the ids of its last run.
  let requests = realNowMs() * 1_000

  function remembered(name: string): unknown {
    const value = ledger.readSetting(name)
    return value === undefined ? undefined : JSON.parse(value)
  }

  const world: World = {
    ledger,
    provider,
    credentials,
    shopName: options.shopName ?? 'Hibi 日々の店',
    clock,
    rememberClock: () => ledger.writeSetting('clock', JSON.stringify(clock.state())),
    knobs: () => knobs,
    setKnobs: (change) => {
      changed = { ...changed, ...change }
      knobs = { ...knobs, ...change }
      ledger.writeSetting('knobs', JSON.stringify(changed))
      return knobs
    },
    sender,
    faults,
    misbehaviour: createMisbehaviour(),
    calls: new Map(),
    nextUuid: () => chance.uuid(String((requests += 1))),
    publicUrl: options.publicUrl,
    nextRequestId: () => chance.requestId((requests += 1)),
    realNowMs,
    authNowMs: () => (knobs.authClock === 'virtual' ? clock.nowMs() : realNowMs()),
    tell: (deed, plan) => {
      if (deed.kind === 'refused' || deed.announced === undefined) return []
      const notification = notificationOf(deed.attempt, deed.announced, clock.nowMs(), credentials.merchantId)
      return sender.announce(notification, plan).map(({ deliveryId }) => deliveryId)
    },
    reset: () => {
      ledger.clear()
      world.faults.clear()
      world.faults.setOutage(undefined)
      world.misbehaviour.release()
      world.calls.clear()
      sender.reset()
      clock.reset()
      world.rememberClock()
      changed = {}
      knobs = startKnobs
      world.setKnobs({})
    },
  }
  return world
}

/** The same ids come out after a restart, whether or not a seed was given. */
function seedOf(ledger: Ledger, given: number | undefined): string {
  if (given !== undefined) return String(given)
  const kept = ledger.readSetting('seed')
  if (kept !== undefined) return kept
  const fresh = randomBytes(8).toString('hex')
  ledger.writeSetting('seed', fresh)
  return fresh
}

/** An attempt as the control interface shows it. */
export function shown(world: World, attempt: Attempt): object {
  const refunds =
    attempt.payment.state === 'completed' ? world.ledger.refundsOf(attempt.payment.paymentId) : []
  return { ...attempt, codeId: `04-${attempt.linkKey}`, status: world.provider.statusOf(attempt), refunds }
}
