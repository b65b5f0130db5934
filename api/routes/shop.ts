import { z } from 'zod'
import { MAX_LINES, MAX_QUANTITY } from '#domain/order/commands.ts'
import { Locale, PaymentMethod } from '#domain/order/events.ts'
import type { ShopProfile } from '#domain/shop/profile.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { ApiScope } from '../instance.ts'
import { localeOf } from '../locale.ts'
import { isPaymentAvailable } from '../payment-methods.ts'
import { problems } from '../schemas.ts'
import { SignIn, signInOf } from '../sign-in.ts'
import { ownersPayIn } from '../wallet/who-pays-in.ts'

/** What the shop sells in; PayPay takes no other (PayPay, Create a Code). */
export const SHOP_CURRENCY = 'JPY'

const ShopView = z.object({
  name: z.string(),
  tagline: z.string(),
  currency: z.string(),
  paymentMethods: z.array(z.object({ method: PaymentMethod, available: z.boolean() })).readonly(),
  /** Who may pay into a wallet: its owner, or the shop's staff alone. */
  walletDeposits: z.enum(['owner', 'staff']),
  /** How long an order waits for its payment. */
  paymentWindowMs: z.int(),
  /** Anybody may sign in as anybody: a shop for trying things out. */
  developmentSignIn: z.boolean(),
  signIn: SignIn,
  /** No real money moves: payments go to the simulator. */
  simulatedPayments: z.boolean(),
  /** Mails are kept for `GET /api/mailbox` instead of being sent. */
  mailbox: z.boolean(),
  maxLines: z.int(),
  maxQuantity: z.int(),
  seller: z.object({
    name: z.string(),
    manager: z.string(),
    postalCode: z.string(),
    address: z.string(),
    phone: z.string(),
    phoneHours: z.string(),
    email: z.string(),
    registrationNumber: z.string(),
    priceNote: z.string(),
    extraFees: z.string(),
    deliveryFee: z.string(),
    paymentTiming: z.string(),
    deliveryTiming: z.string(),
    returns: z.string(),
  }),
  /** A paragraph each. */
  privacy: z.array(z.string()).readonly(),
})

/** What any storefront must know and show; open to everybody, and independent of the session store. */
export const shopRoute = (app: ApiScope, deps: ApiDependencies): void => {
  const { config, developmentIssuer, shop } = deps
  app.get(
    '/api/shop',
    {
      config: { access: 'open' },
      schema: {
        tags: ['shop'],
        summary: 'The shop: who sells, how one can pay, what an order may hold',
        description:
          'Holds the particulars of 特定商取引法に基づく表記 and of a receipt, in the language of `lang` or the browser.',
        querystring: z.object({ lang: Locale.optional() }),
        response: { 200: ShopView, ...problems },
      },
    },
    async (request, reply) =>
      reply
        .header('cache-control', 'no-cache')
        .header('vary', 'Accept-Language')
        .send({
          ...particulars(shop, request.query.lang ?? localeOf(request)),
          currency: SHOP_CURRENCY,
          paymentMethods: PaymentMethod.options.map((method) => ({
            method,
            available: isPaymentAvailable(deps, method),
          })),
          walletDeposits: ownersPayIn(config) ? 'owner' : 'staff',
          paymentWindowMs: config.PAYMENT_WINDOW_MS,
          developmentSignIn: developmentIssuer !== undefined,
          signIn: signInOf(deps),
          simulatedPayments: config.PAYPAY_ENVIRONMENT === 'simulator',
          mailbox: deps.mailbox !== undefined,
          maxLines: MAX_LINES,
          maxQuantity: MAX_QUANTITY,
        }),
  )
}

/** Each text in one language. */
const particulars = ({ name, tagline, seller, privacy }: ShopProfile, locale: Locale) => ({
  name: name[locale],
  tagline: tagline[locale],
  seller: {
    name: seller.name[locale],
    manager: seller.manager[locale],
    postalCode: seller.postalCode,
    address: seller.address[locale],
    phone: seller.phone,
    phoneHours: seller.phoneHours[locale],
    email: seller.email,
    registrationNumber: seller.registrationNumber,
    priceNote: seller.priceNote[locale],
    extraFees: seller.extraFees[locale],
    deliveryFee: seller.deliveryFee[locale],
    paymentTiming: seller.paymentTiming[locale],
    deliveryTiming: seller.deliveryTiming[locale],
    returns: seller.returns[locale],
  },
  privacy: privacy.map((paragraph) => paragraph[locale]),
})
