import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { ALERTING_SHOP, check, QUICK_SHOP, type Flow, type Stage } from './flow.ts'
import { alerts } from './flows/alerts.ts'
import { cancel, cancelRacingPayment } from './flows/cancelling.ts'
import { forgedWebhook, hundredBuyers } from './flows/hostile.ts'
import { decline, doubledWebhooks, payByWebhook, webhooksDropped } from './flows/payments.ts'
import { refundInFull, refundInParts } from './flows/refunds.ts'
import { wallet } from './flows/wallet.ts'
import { lapsedAndRenewed, windowOver } from './flows/windows.ts'
import { foreignHand, type ForeignHand } from './foreign-hand.ts'
import { isReady, startInstance, type Instance, type OwnInstance } from './instance.ts'
import { signIn, simulatorControl } from './shop-client.ts'
import { deliveriesOf, silenceWebhooks } from './webhooks.ts'

const FLOWS: readonly Flow[] = [
  payByWebhook,
  webhooksDropped,
  decline,
  lapsedAndRenewed,
  windowOver,
  cancel,
  cancelRacingPayment,
  doubledWebhooks,
  forgedWebhook,
  refundInFull,
  refundInParts,
  wallet,
  hundredBuyers,
  alerts,
]

export interface DemoOptions {
  readonly list: boolean
  /** False plays every flow while PayPay sends no webhook at all. */
  readonly webhooks: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * Plays the flows and checks how each ends: against the shop that runs on this machine, or a fresh one. Flows that
 * would otherwise last a quarter of an hour get a shop of their own whose codes live for seconds.
 * Without webhooks all of it must hold by asking; the simulator sends them again afterwards as it did before.
 * @returns the exit code: 1 when any flow failed or a name is unknown.
 */
export const runDemo = async (
  names: readonly string[],
  { list, webhooks, environment }: DemoOptions,
): Promise<number> => {
  if (list) {
    for (const { name, tells } of FLOWS) console.log(`${name.padEnd(26)} ${tells}`)
    return 0
  }
  const unknown = names.filter((name) => !FLOWS.some((flow) => flow.name === name))
  if (unknown.length > 0) {
    console.error(`There is no flow ${unknown.join(', ')}; see --list`)
    return 1
  }
  const wanted = names.length === 0 ? FLOWS : FLOWS.filter(({ name }) => names.includes(name))
  const own: OwnInstance[] = []
  const start = async (settings: Readonly<Record<string, string>>): Promise<OwnInstance> => {
    const instance = await startInstance(settings)
    own.push(instance)
    return instance
  }
  const hands: ForeignHand[] = []
  const silenced: (() => Promise<void>)[] = []
  const staged = async (instance: Instance): Promise<Stage> => {
    if (!webhooks) silenced.push(await silenceWebhooks(instance.simulatorUrl))
    return stageOf(instance, webhooks)
  }
  // A shop that was there before must not be left without webhooks because somebody lost patience.
  const interrupted = (): void => {
    void Promise.allSettled(silenced.map((restore) => restore()))
      .then(() => Promise.allSettled(own.map((instance) => instance.stop())))
      .then(() => process.exit(INTERRUPTED))
  }
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  let failed = 0
  try {
    const usual = wanted.some(({ quick, alerting }) => quick !== true && alerting !== true)
      ? await staged((await running(environment)) ?? (await start({})))
      : undefined
    const quick = wanted.some(({ quick }) => quick === true)
      ? await staged(await start(QUICK_SHOP))
      : undefined
    let alerting: Stage | undefined
    if (wanted.some((flow) => flow.alerting === true)) {
      const instance = await start(ALERTING_SHOP)
      const hand = await foreignHand(instance.dataDir)
      hands.push(hand)
      alerting = { ...(await staged(instance)), foreignHand: hand }
    }
    if (!webhooks) console.log('PayPay sends no webhooks meanwhile')
    for (const flow of wanted) {
      const stage = flow.alerting === true ? alerting : flow.quick === true ? quick : usual
      if (stage === undefined) continue
      try {
        console.log(`✓ ${flow.name.padEnd(26)} ${await flow.play(stage)}`)
      } catch (error) {
        failed += 1
        console.error(`✗ ${flow.name.padEnd(26)} ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    for (const restored of await Promise.allSettled(silenced.map((restore) => restore())))
      if (restored.status === 'rejected') {
        failed += 1
        console.error(`The webhooks are still off: ${String(restored.reason)}`)
      }
    await Promise.all(hands.map((hand) => hand.close()))
    await Promise.all(own.map((instance) => instance.stop()))
  }
  console.log(`${wanted.length - failed} flows passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

/** The shop that runs on this machine's usual ports, if there is one. */
const running = async (environment: DemoOptions['environment']): Promise<Instance | undefined> => {
  const shopUrl = `http://127.0.0.1:${environment['PORT'] ?? 8080}`
  if (!(await isReady(shopUrl))) return undefined
  console.log(`Playing on the shop at ${shopUrl}`)
  const simulatorUrl = `http://127.0.0.1:${environment['PAYPAY_SIMULATOR_PORT'] ?? 8090}`
  return { shopUrl, simulatorUrl, stop: () => Promise.resolve() }
}

/** As a shell reports it. */
const INTERRUPTED = 130
const RELEASED_WITHIN_MS = 10_000
const ANNOUNCED_WITHIN_MS = 10_000
/** Nobody asks about an attempt before it is ten seconds old. */
const ASKED_WITHIN_MS = 15_000

const Listed = z.object({ productId: z.string(), available: z.number() })
const Catalogue = z.object({ items: z.array(Listed) })

const stageOf = async ({ shopUrl, simulatorUrl }: Instance, webhooks: boolean): Promise<Stage> => {
  const [buyer, staff] = await Promise.all([
    signIn(shopUrl, `demo-${crypto.randomUUID()}@example.com`),
    signIn(shopUrl, `demo-staff-${crypto.randomUUID()}@example.com`, ['operator']),
  ])
  const available = async (productId: string): Promise<number> =>
    Listed.parse((await buyer.call('GET', `/api/products/${productId}`)).body).available
  return {
    shopUrl,
    buyer,
    staff,
    simulate: simulatorControl(simulatorUrl),
    webhooks,
    paidWithinMs: webhooks ? ANNOUNCED_WITHIN_MS : ASKED_WITHIN_MS,
    askedWithinMs: ASKED_WITHIN_MS,
    deliveriesOf: deliveriesOf(simulatorUrl),
    webhookUrl: `${shopUrl}/api/paypay/webhook`,
    available,
    released: async (productId, units) => {
      const giveUpAtMs = Date.now() + RELEASED_WITHIN_MS
      while ((await available(productId)) !== units) {
        check(Date.now() < giveUpAtMs, `${productId} does not have its ${units} units back`)
        await pause(25)
      }
    },
    productWith: async (units) => {
      const { body } = await buyer.call('GET', '/api/products?size=100')
      const [most] = Catalogue.parse(body).items.toSorted((a, b) => b.available - a.available)
      if (most === undefined || most.available < units) throw new Error(`No product has ${units} units left`)
      return most
    },
  }
}
