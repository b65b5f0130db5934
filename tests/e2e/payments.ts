import type { Locator, Page, Request } from '@playwright/test'
import { z } from 'zod'
import { merchantPaymentIdOf, OrderId } from '#domain/ids.ts'
import type { Buyer, OrderView } from '../../demo/shop-client.ts'
import type { RunningShop } from './running-shop.ts'
import { expect, open } from './test.ts'
import { at, type Locale, words } from './words.ts'

/** One cheap thing of which there is plenty. */
export const NOTEBOOK = 'notebook-a5-grid'

const State = z.object({
  payments: z.array(
    z.object({
      merchantPaymentId: z.string(),
      deleted: z.boolean(),
      expiresAtMs: z.number(),
      payment: z.object({ state: z.enum(['none', 'in-flight', 'completed', 'failed']) }),
    }),
  ),
})
const Timeline = z.object({ items: z.array(z.object({ type: z.string() })) })

/** What came of an order at PayPay, and how often the shop took it for paid. */
export interface Outcome {
  readonly status: string
  /** Codes ever made for it, and how many of them somebody could still pay. */
  readonly codes: number
  readonly payable: number
  readonly captures: number
  readonly timesPaid: number
}

/** Asks the shop and PayPay, not the page. */
export const outcomeAt = async (shop: RunningShop, buyer: Buyer, orderId: string): Promise<Outcome> => {
  const { status } = await buyer.order(orderId)
  const { body } = await buyer.call('GET', `/api/orders/${orderId}/timeline`)
  const timesPaid = Timeline.parse(body).items.filter(({ type }) => type === 'OrderPaid').length
  const asked = await fetch(`${shop.simulatorUrl}/_sim/state?limit=1000`)
  const attempts = merchantPaymentIdOf(OrderId.parse(orderId), 1).slice(0, -1)
  const mine = State.parse(await asked.json()).payments.filter(({ merchantPaymentId }) =>
    merchantPaymentId.startsWith(attempts),
  )
  return {
    status,
    codes: mine.length,
    payable: mine.filter(
      ({ deleted, expiresAtMs, payment: { state } }) =>
        !deleted && expiresAtMs > Date.now() && (state === 'none' || state === 'in-flight'),
    ).length,
    captures: mine.filter(({ payment: { state } }) => state === 'completed').length,
    timesPaid,
  }
}

/** Paid, once, with so many codes of which none can be paid any more. */
export const paidOnce = (codes = 1): Outcome => ({
  status: 'PAID',
  codes,
  payable: 0,
  captures: 1,
  timesPaid: 1,
})

/** Whether PayPay would take money for this code. */
export const isDead = async ({ simulatorUrl }: RunningShop, merchantPaymentId: string): Promise<boolean> => {
  const { status } = await fetch(`${simulatorUrl}/_sim/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ merchantPaymentId, dropHook: true }),
  })
  return status === 409
}

/** The payment page and the result it goes on to. */
export const paymentPage = (page: Page, locale: Locale = 'en') => {
  const t = words(locale)
  const panel = page.getByRole('region', { name: t('payment.panel') })
  const button = (key: string) => panel.getByRole('button', { name: t(`payment.${key}`) })
  return {
    t,
    panel,
    picture: panel.getByRole('img', { name: /PayPay/ }),
    link: panel.getByRole('link', { name: t('payment.code.here') }),
    app: panel.getByRole('link', { name: t('payment.code.openApp') }),
    timeLeft: panel.getByRole('timer'),
    confirm: button('actions.confirm'),
    askAgain: button('confirming.ask'),
    renew: button('lapsed.renew'),
    cancel: button('actions.cancel'),
    dialog: page.getByRole('dialog', { name: t('payment.cancel.title') }),
    /** What is said of the payment right now. */
    title: (key: string, blanks: Record<string, string> = {}) =>
      panel.getByRole('heading', { level: 2, name: t(`payment.${key}`, blanks), exact: true }),
    says: (key: string) => page.getByText(t(`payment.${key}`)),
    connection: (state: string) =>
      page.getByRole('status').filter({ hasText: t(`payment.connection.${state}`) }),
    open: (orderId: string) => open(page, at(locale, `/orders/${orderId}/payment`)),
    /** Waits until the page has gone on, by itself, to how it ended. */
    result: async (orderId: string, outcome: string, withinMs = 60_000) => {
      await expect(page).toHaveURL(new RegExp(`/orders/${orderId}/result$`), { timeout: withinMs })
      await expect(
        page.getByRole('heading', { level: 1, name: t(`payment.result.${outcome}.title`) }),
      ).toBeVisible()
    },
  }
}

/** Counts what the page asks the shop to do, by the end of the address. */
export const posts = (page: Page) => {
  const seen: string[] = []
  page.on('request', (request: Request) => {
    if (request.method() === 'POST') seen.push(new URL(request.url()).pathname)
  })
  return (ending: string): number => seen.filter((path) => path.endsWith(ending)).length
}

/**
 * Presses twice before the shop's answer to what `address` takes can be there: on a slow machine it might come between both
 * presses, and a second press after an answer is another one.
 */
export const pressTwice = async (page: Page, address: string, button: Locator): Promise<void> => {
  let bothPressed = (): void => {}
  const pressed = new Promise<void>((resolve) => {
    bothPressed = resolve
  })
  await page.route(
    address,
    async (route) => {
      await pressed
      await route.continue()
    },
    { times: 1 },
  )
  try {
    await button.dblclick()
  } finally {
    bothPressed()
  }
}

/** Codes made from now on can be paid for so long; an hour of waiting makes no better test. */
export const codesLast = (shop: RunningShop, codeLifeMs: number): Promise<void> =>
  shop.simulate('knobs', { codeLifeMs, codeLifeJitterMs: 0 })
/** The code of an order, even where it has run out before anybody could look. */
export const shortLived = async (
  buyer: Buyer,
  orderId: string,
): Promise<NonNullable<OrderView['payment']>> => {
  const { payment } = await buyer.until(orderId, 'a code', (order) => order.payment?.expiresAt !== undefined)
  if (payment === undefined) throw new Error('A code without a payment')
  return payment
}
/** As long as PayPay's own. */
export const USUAL_CODE_LIFE_MS = 300_000
