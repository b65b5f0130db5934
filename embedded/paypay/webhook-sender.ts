import type { Delivery, DeliveryLog } from './delivery-log.ts'
import { type Corruption, type Notification, corrupt } from './notification.ts'
import type { VirtualClock } from './virtual-clock.ts'
import { type WebhookTarget, postWebhook } from './webhook-post.ts'

/**
 * How often PayPay tries, from its help centre, whose table lost its row labels: one of A, B, C holds.
 * After that the event is gone.
 */
const profiles = {
  A: { timeoutMs: 2_000, retries: 3, pauseMs: 100 },
  B: { timeoutMs: 1_500, retries: 10, pauseMs: 500 },
  C: { timeoutMs: 1_500, retries: 0, pauseMs: 0 },
} as const

type ProfileName = keyof typeof profiles | 'maintenance' | 'off'

/** What goes wrong with the next announcements. */
type WebhookFault =
  | { kind: 'drop'; times: number }
  | { kind: 'copies'; times: number; copies: number }
  | { kind: 'delay'; times: number; delayMs: number }
  | { kind: 'corrupt'; times: number; how: Corruption }

/** What the caller wants for one announcement; it goes before the faults in waiting. */
export interface AnnouncementPlan {
  drop?: boolean
  copies?: number
  delayMs?: number
}

export interface WebhookSender {
  /** Returns at once; the answer lists what was logged. */
  announce(notification: Notification, plan?: AnnouncementPlan): Delivery[]
  /** Sends a logged body again as a new delivery; undefined when it is no longer logged. */
  replay(deliveryId: number): Delivery | undefined
  /** Sends any body, from another local address if wanted. */
  forge(body: Buffer, how: { fromAddress?: string; headers?: Record<string, string> }): Delivery
  addFault(fault: WebhookFault): void
  /** Holds the next `count` deliveries and sends them last first, one after the other. */
  reorder(count: number): void
  /** Sends what `reorder` holds, complete or not. */
  releaseHeld(): number
  target(): WebhookTarget | undefined
  setTarget(target: WebhookTarget | undefined): void
  profile(): ProfileName
  setProfile(profile: ProfileName): void
  /** Forgets faults, held and waiting deliveries and the log. */
  reset(): void
  /** Ends waiting; attempts under way end by their own time-out. */
  stop(): void
  readonly log: DeliveryLog
}

const MAX_IN_FLIGHT = 256
const MAX_WAITING = 5_000
const MAX_FAULTS = 100
/** A reordering that never fills up ends by itself. */
const HELD_AT_MOST_MS = 30_000

type Job = { delivery: Delivery; fromAddress?: string; headers?: Record<string, string> }

export function createWebhookSender(parts: {
  log: DeliveryLog
  /** Delays run by it, so that a webhook three days late needs no three days. Pauses between attempts are real. */
  clock: Pick<VirtualClock, 'nowMs' | 'timer'>
  anySuccess: () => boolean
  /** PayPay sends nothing while its API is in maintenance. */
  inMaintenance: () => boolean
}): WebhookSender {
  const { log } = parts
  let target: WebhookTarget | undefined
  let profile: ProfileName = 'A'
  const life = new AbortController()
  let faults: WebhookFault[] = []
  let waiting: Job[] = []
  let inFlight = 0
  const delayed = new Set<() => void>()
  let held: { count: number; jobs: Job[]; timer: NodeJS.Timeout } | undefined
  const ended = () => life.signal.aborted
  const timers = new Map<NodeJS.Timeout, () => void>()

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        resolve()
      }, ms)
      timers.set(timer, resolve)
    })
  }

  async function deliver({ delivery, ...how }: Job): Promise<void> {
    if (ended()) return
    if (profile === 'off' || profile === 'maintenance' || parts.inMaintenance()) {
      delivery.status = profile === 'off' ? 'off' : 'maintenance'
      return
    }
    if (target === undefined) {
      delivery.status = 'no-target'
      return
    }
    const { timeoutMs, retries, pauseMs } = profiles[profile]
    delivery.status = 'delivering'
    for (let attempt = 0; attempt <= retries && !ended(); attempt += 1) {
      if (attempt > 0) await pause(pauseMs)
      const startedAt = performance.now()
      const atMs = parts.clock.nowMs()
      const result = await postWebhook({
        target,
        body: delivery.body,
        timeoutMs,
        messageId: `msg_${delivery.deliveryId}`,
        nowMs: atMs,
        ...how,
      })
      const durationMs = Math.round(performance.now() - startedAt)
      const said = result.kind === 'answered' ? { httpStatus: result.httpStatus } : { error: result.error }
      delivery.attempts.push({ atMs, durationMs, ...said })
      if (result.kind === 'answered' && isSuccess(result.httpStatus)) {
        delivery.status = 'delivered'
        return
      }
    }
    delivery.status = 'gave-up'
  }

  function isSuccess(httpStatus: number): boolean {
    return parts.anySuccess() ? httpStatus >= 200 && httpStatus < 300 : httpStatus === 200
  }

  function start(job: Job): void {
    if (inFlight >= MAX_IN_FLIGHT) {
      if (waiting.length < MAX_WAITING) waiting.push(job)
      else job.delivery.status = 'overflow'
      return
    }
    inFlight += 1
    void deliver(job).finally(() => {
      inFlight -= 1
      const next = waiting.shift()
      if (next !== undefined && !ended()) start(next)
    })
  }

  function release(): number {
    if (held === undefined) return 0
    const { jobs, timer } = held
    clearTimeout(timer)
    held = undefined
    void (async () => {
      for (const job of jobs.reverse()) await deliver(job)
    })()
    return jobs.length
  }

  function submit(job: Job, delayMs: number): void {
    if (held !== undefined) {
      held.jobs.push(job)
      if (held.jobs.length >= held.count) release()
    } else if (delayMs === 0) {
      start(job)
    } else if (delayed.size < MAX_WAITING) {
      const cancel = parts.clock.timer(delayMs, () => {
        delayed.delete(cancel)
        start(job)
      })
      delayed.add(cancel)
    } else {
      job.delivery.status = 'overflow'
    }
  }

  function takeFaults(): WebhookFault[] {
    const taken = faults
    faults = faults.map((fault) => ({ ...fault, times: fault.times - 1 })).filter(({ times }) => times > 0)
    return taken
  }

  function forgetDelayed(): void {
    for (const cancel of delayed) cancel()
    delayed.clear()
  }

  return {
    log,
    announce: ({ merchantPaymentId, state, body }, plan = {}) => {
      let { drop = false, copies = 1, delayMs = 0 } = plan
      let sent = body
      let origin: string | undefined
      for (const fault of takeFaults()) {
        if (fault.kind === 'drop') drop = true
        else if (fault.kind === 'copies') copies = fault.copies
        else if (fault.kind === 'delay') delayMs = fault.delayMs
        else {
          sent = corrupt(body, fault.how)
          origin = `corrupt:${fault.how}`
        }
      }
      if (drop) return [log.open({ merchantPaymentId, state, body: sent, status: 'dropped' })]
      return Array.from({ length: copies }, (_, copy) => {
        const from = origin ?? (copy > 0 ? 'copy' : undefined)
        const delivery = log.open({
          merchantPaymentId,
          state,
          body: sent,
          status: 'waiting',
          ...(from === undefined ? {} : { origin: from }),
        })
        submit({ delivery }, delayMs)
        return delivery
      })
    },
    replay: (deliveryId) => {
      const logged = log.find(deliveryId)
      if (logged === undefined) return undefined
      const { merchantPaymentId, state, body } = logged
      const delivery = log.open({ merchantPaymentId, state, body, status: 'waiting', origin: 'replay' })
      submit({ delivery }, 0)
      return delivery
    },
    forge: (body, how) => {
      const delivery = log.open({
        merchantPaymentId: '',
        state: '',
        body,
        status: 'waiting',
        origin: 'forged',
      })
      start({ delivery, ...how })
      return delivery
    },
    addFault: (fault) => {
      if (faults.length >= MAX_FAULTS) throw new RangeError('too many webhook faults')
      faults.push(fault)
    },
    reorder: (count) => {
      release()
      held = { count, jobs: [], timer: setTimeout(release, HELD_AT_MOST_MS) }
    },
    releaseHeld: release,
    target: () => target,
    setTarget: (next) => {
      target = next
    },
    profile: () => profile,
    setProfile: (next) => {
      profile = next
    },
    reset: () => {
      forgetDelayed()
      faults = []
      waiting = []
      if (held !== undefined) clearTimeout(held.timer)
      held = undefined
      log.clear()
    },
    stop: () => {
      life.abort()
      forgetDelayed()
      waiting = []
      if (held !== undefined) clearTimeout(held.timer)
      for (const [timer, resolve] of timers) {
        clearTimeout(timer)
        resolve()
      }
      timers.clear()
    },
  }
}
