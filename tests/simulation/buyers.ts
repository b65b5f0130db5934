import { OrderId, MerchantPaymentId, type ProductId } from '#domain/ids.ts'
import type { Deed } from '#embedded/paypay/provider.ts'
import type { RunPlan } from './fault-plan.ts'
import type { Instance } from './instance.ts'
import { isEnded, type OrderView, type OrderViews } from './order-views.ts'
import type { Randomness } from './randomness.ts'
import type { Scheduler } from './scheduler.ts'
import type { Saw } from './sights.ts'
import type { SimulatedPayPay } from './simulated-paypay.ts'
import type { Truth } from './truth.ts'
import type { Webhooks } from './webhooks.ts'

export interface BuyersOptions {
  readonly scheduler: Scheduler
  readonly random: Randomness
  readonly plan: RunPlan
  readonly products: readonly [ProductId, ...ProductId[]]
  readonly paypay: SimulatedPayPay
  readonly webhooks: Webhooks
  readonly truth: Truth
  readonly views: OrderViews
  readonly anyInstance: () => Instance | undefined
  /** Whether things go wrong now. */
  readonly isRough: () => boolean
  /** An answer to a placement: one key must always be the same order. */
  readonly placed: (customer: string, key: string, orderId: string) => void
  /** A shown code was paid in time. */
  readonly paid: (view: OrderView, merchantPaymentId: string) => void
  readonly saw: Saw
  readonly trace: (what: string) => void
}

export interface Buyers {
  readonly arrive: (nth: number, afterMs: number) => void
  /** Somebody pays a code the shop does not know of yet. */
  readonly payAhead: (merchantPaymentId: string) => void
}

type Step = 'pay' | 'open-app' | 'decline' | 'pay-old' | 'cancel' | 'renew' | 'refresh' | 'wait' | 'pay-late'

/** What each kind of buyer is likely to do next. */
const MANNERS: readonly [readonly [Step, ...Step[]], ...(readonly [Step, ...Step[]])[]] = [
  ['pay'],
  ['pay', 'pay', 'refresh', 'wait'],
  ['open-app', 'refresh', 'wait'],
  ['cancel', 'pay', 'wait', 'open-app'],
  ['renew', 'renew', 'pay', 'pay-old', 'wait'],
  ['renew', 'open-app', 'pay', 'pay-late', 'wait'],
  ['renew', 'pay', 'pay-late', 'pay-late'],
  ['decline', 'wait'],
  ['wait'],
  ['wait', 'pay-late', 'pay-late'],
  ['pay', 'pay-old', 'pay-late', 'open-app', 'cancel', 'renew', 'refresh', 'decline', 'wait'],
]

const PATIENCE_MS = 10_000
const PLACING_TRIES = 30
const MOST_STEPS = 12
/** How long after its window somebody may still pay a code. */
const LATEST_PAYMENT_MS = 90 * 60_000

export const buyers = (options: BuyersOptions): Buyers => {
  const { scheduler, random, plan, paypay, webhooks, truth, views, anyInstance, isRough, trace } = options
  const { provider, ledger } = paypay

  /** Asks any instance; a buyer gives up after a while and knows nothing then. */
  const ask = async <T>(question: (instance: Instance) => Promise<T>): Promise<T | undefined> => {
    const instance = anyInstance()
    if (instance === undefined) return undefined
    const answer = question(instance).catch((error: unknown) => {
      trace(`a buyer was refused: ${String(error)}`)
      return undefined
    })
    return Promise.race([answer, scheduler.sleep(PATIENCE_MS).then(() => undefined)])
  }

  const announce = (deed: Deed): boolean => {
    if (deed.kind === 'refused') return false
    if (deed.announced !== undefined) webhooks.announce(deed.attempt, deed.announced)
    return true
  }

  const pay = (merchantPaymentId: string, late = false): boolean => {
    const attempt = ledger.findAttempt(merchantPaymentId)
    const { wrongAmount } = plan.faults.buyers
    if (
      attempt !== undefined &&
      attempt.payment.state !== 'completed' &&
      isRough() &&
      random.chance(wrongAmount)
    ) {
      const request = { ...attempt.request, amountMinor: attempt.request.amountMinor + 10 }
      ledger.saveAttempt({ ...attempt, request }, 0)
      options.saw('PayPay: takes another amount')
    }
    const isDone = announce(provider.buyerPays(merchantPaymentId, { late }))
    trace(`pays ${merchantPaymentId}${late ? ' late' : ''}: ${isDone ? 'done' : 'refused'}`)
    return isDone
  }

  const openApp = (merchantPaymentId: string): void => {
    const deed = provider.buyerOpensApp(merchantPaymentId)
    trace(`opens the app for ${merchantPaymentId}: ${deed.kind}`)
    if (deed.kind === 'refused') return
    truth.opened(merchantPaymentId)
    scheduler.after(random.between(3_000, random.chance(0.3) ? 1_500_000 : 90_000), () => {
      if (random.chance(0.75)) pay(merchantPaymentId)
      else announce(provider.paymentFails(merchantPaymentId, { announce: random.chance(0.5) }))
    })
  }

  const take = async (step: Step, view: OrderView): Promise<void> => {
    const { shown, codes } = view
    const orderId = OrderId.parse(view.orderId)
    const old = codes.length === 0 ? undefined : codes[random.between(0, codes.length - 1)]
    switch (step) {
      case 'pay':
        if (shown === undefined || isEnded(view)) return
        if (pay(shown)) options.paid(view, shown)
        return
      case 'pay-old':
        if (old !== undefined) pay(old.merchantPaymentId)
        return
      case 'pay-late':
        // Whoever is on the provider's page already may get through although the code is gone.
        if (old !== undefined && (old.merchantPaymentId !== shown || scheduler.nowMs() > old.expiresAtMs))
          pay(old.merchantPaymentId, true)
        return
      case 'open-app':
        if (shown !== undefined) openApp(shown)
        return
      case 'decline':
        if (shown !== undefined && !isEnded(view))
          announce(provider.paymentFails(shown, { announce: random.chance(0.5) }))
        return
      case 'cancel':
        trace(`cancels ${orderId}`)
        await ask((instance) =>
          instance.tell(orderId, { type: 'CancelOrder', by: 'customer', atMs: instance.host.clock.nowMs() }),
        )
        return
      case 'renew': {
        if (shown === undefined) return
        trace(`renews ${shown}`)
        const insteadOf = MerchantPaymentId.parse(shown)
        const press = () =>
          ask((instance) =>
            instance.tell(orderId, {
              type: 'RenewPayment',
              insteadOf,
              requestedAtMs: instance.host.clock.nowMs(),
            }),
          )
        await (random.chance(0.3) ? Promise.all([press(), press()]) : press())
        return
      }
      case 'refresh':
        if (shown !== undefined) await ask((instance) => instance.refresh(shown))
        return
      case 'wait':
        await scheduler.sleep(random.between(1_000, 240_000))
        return
      default:
        step satisfies never
    }
  }

  /** Tries until it is answered, as a page would; now and then twice at once. */
  const place = async (nth: number): Promise<string | undefined> => {
    const customerId = `buyer-${nth}`
    const key = `key-${nth}`
    const [first, ...others] = options.products
    const second = others.length > 0 && random.chance(0.4) ? [random.pick([...options.products])] : []
    const items = [...new Set([random.pick([...options.products]), ...second])].map((productId) => ({
      productId: productId ?? first,
      quantity: random.between(1, 2),
    }))
    const press = async (): Promise<string | undefined> => {
      const orderId = await ask((instance) => instance.place({ customerId, key, items }))
      if (orderId !== undefined) options.placed(customerId, key, orderId)
      return orderId
    }
    for (let attempt = 1; attempt <= PLACING_TRIES; attempt += 1) {
      const answers = random.chance(0.2) ? await Promise.all([press(), press()]) : [await press()]
      const orderId = answers.find((answer) => answer !== undefined)
      if (orderId !== undefined) return orderId
      await scheduler.sleep(random.between(500, 5_000))
    }
    return undefined
  }

  const shop = async (nth: number): Promise<void> => {
    const orderId = await place(nth)
    if (orderId === undefined) return
    const manner = random.pick(MANNERS)
    trace(`buyer-${nth} placed ${orderId} and will ${manner.join(', ')}`)
    for (let taken = 0; taken < MOST_STEPS;) {
      await scheduler.sleep(random.between(200, random.chance(0.3) ? 120_000 : 15_000))
      const view = views.of(orderId)
      if (view === undefined) return
      const overMs = scheduler.nowMs() - view.windowEndsAtMs
      if (overMs > LATEST_PAYMENT_MS || (view.status === 'PAID' && random.chance(0.4))) return
      if (view.shown === undefined && !isEnded(view)) continue
      taken += 1
      await take(random.pick(manner), view)
      const { forged } = plan.faults.webhooks
      if (view.shown !== undefined && isRough() && random.chance(forged))
        webhooks.forge(random.chance(0.8) ? view.shown : `other_${view.shown}`, view.totalMinor)
    }
  }

  return {
    arrive: (nth, afterMs) => {
      scheduler.after(afterMs, () => {
        void shop(nth)
      })
    },
    payAhead: (merchantPaymentId) => {
      scheduler.after(random.chance(0.5) ? 0 : random.between(0, 240_000), () => {
        if (!truth.isIssued(merchantPaymentId)) options.saw('PayPay: a buyer pays ahead of the create answer')
        pay(merchantPaymentId)
      })
    },
  }
}
