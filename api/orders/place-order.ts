import type { ProductState } from '#domain/catalogue/decider.ts'
import { OrderId } from '#domain/ids.ts'
import { sum, times, type Money } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import type { PlaceOrder } from '#domain/order/commands.ts'
import type { Locale, OrderLine } from '#domain/order/events.ts'
import type { CommandContext } from '#platform/commands/runner.ts'
import type { Position } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { Offers } from '../offers.ts'
import type { Customer } from '../plugins/session-cookies.ts'
import { sealOf } from '../personal-sealing.ts'
import { Problem, type FieldError } from '../problems.ts'
import { requestHash } from '../request-hash.ts'
import { isPaymentAvailable } from '../payment-methods.ts'
import type { KeptContact, OrderRequest } from './order-request.ts'
import { refusalProblem } from './refusals.ts'

export interface Placement {
  readonly customer: Customer
  readonly idempotencyKey: string
  readonly body: OrderRequest
  /** Where the body names none. */
  readonly locale: Locale
  readonly request: Pick<CommandContext, 'causationId' | 'traceparent'>
}

export interface PlacedOrder {
  readonly orderId: OrderId
  readonly amount: Money
  /** Where `OrderPlaced` stands in the log, the same for every repeat. */
  readonly position: Position
  readonly isRepeat: boolean
}

type PlacingDependencies = Pick<
  ApiDependencies,
  'clock' | 'newId' | 'config' | 'commands' | 'eventStore' | 'keyring' | 'paypayAvailable'
>

/**
 * Places an order, once per customer and key: the order's id is derived from both, so a repeat after any crash is the
 * same order. One append; no reads when the products are known here and the key is new.
 */
export const orderPlacing = (deps: PlacingDependencies, offers: Offers) => {
  const { clock, newId, config, commands, eventStore, keyring } = deps

  /** The order that this key placed before, whatever has become of prices and products since. */
  const placedBefore = async (orderId: OrderId, hash: string): Promise<PlacedOrder | undefined> => {
    const state = await commands.state(order, orderId)
    if (state.status === 'none') return undefined
    if (state.placed.requestHash !== hash) throw new Problem('idempotency-key-reused')
    return { orderId, amount: state.placed.total, position: await placedAt(orderId), isRepeat: true }
  }

  const placedAt = async (orderId: OrderId): Promise<Position> => {
    for await (const event of eventStore.read(`order-${orderId}`, 0, 1)) return event.position
    throw new Error(`order-${orderId} has a state and no events`)
  }

  const sealed = async (
    customer: Customer,
    body: OrderRequest,
  ): Promise<Pick<PlaceOrder, 'contact' | 'delivery'>> => ({
    ...(await sealedContact(customer, body)),
    ...(body.delivery === undefined
      ? {}
      : { delivery: await sealOf(customer, keyring, 'delivery', body.delivery) }),
  })

  /** With an address to write to, whenever the order or the session has one. */
  const sealedContact = async (
    customer: Customer,
    { contact }: OrderRequest,
  ): Promise<Pick<PlaceOrder, 'contact'>> => {
    const { email } = customer
    const kept: KeptContact = { ...(email === undefined ? {} : { email }), ...contact }
    return Object.keys(kept).length === 0 ? {} : { contact: await sealOf(customer, keyring, 'contact', kept) }
  }

  return async ({ customer, idempotencyKey, body, locale, request }: Placement): Promise<PlacedOrder> => {
    const { customerId } = customer
    const orderId = OrderId.parse(derivedId('order', customerId, idempotencyKey))
    // Under the customer's key, because who was forgotten must not be found by trying out names and addresses.
    const hash = await keyring.digest(customerId, 'order request', requestHash(body))
    const language = body.locale ?? locale

    const priced = await pricedLines(offers, body, language)
    const objection = isPaymentAvailable(deps, body.paymentMethod)
      ? priced.objection
      : new Problem('payment-method-unavailable')
    if (objection !== undefined) {
      const before = await placedBefore(orderId, hash)
      if (before === undefined) throw objection
      return before
    }

    const outcome = await commands.run(
      order,
      orderId,
      {
        type: 'PlaceOrder',
        orderId,
        customerId,
        requestHash: hash,
        lines: priced.lines,
        paymentMethod: body.paymentMethod,
        locale: language,
        ...(await sealed(customer, body)),
        placedAtMs: clock.nowMs(),
        paymentWindowMs: config.PAYMENT_WINDOW_MS,
      },
      // A fresh id each time: a repeat may carry other prices, and must meet the order instead of passing for it.
      { commandId: newId(), correlationId: orderId, actor: `customer:${customerId}`, ...request },
      { expectNew: true },
    )
    if (outcome.kind === 'refused') throw refusalProblem(outcome.refusal)
    if (outcome.state.status === 'none') throw new Error(`order-${orderId} was placed and has no state`)
    const amount = outcome.state.placed.total
    return outcome.kind === 'accepted'
      ? { orderId, amount, position: outcome.position, isRepeat: false }
      : { orderId, amount, position: await placedAt(orderId), isRepeat: true }
  }
}

interface Priced {
  readonly lines: readonly OrderLine[]
  readonly objection: Problem | undefined
}

/** The lines at the shop's prices, and what speaks against them: never on the word of a remembered price alone. */
const pricedLines = async (offers: Offers, body: OrderRequest, locale: Locale): Promise<Priced> => {
  const productIds = body.items.map(({ productId }) => productId)
  const remembered = judge(await Promise.all(productIds.map(offers.current)), body, locale)
  if (remembered.objection === undefined) return remembered
  return judge(await Promise.all(productIds.map(offers.now)), body, locale)
}

const judge = (products: readonly ProductState[], body: OrderRequest, locale: Locale): Priced => {
  const lines: OrderLine[] = []
  const unknown: FieldError[] = []
  const unavailable: FieldError[] = []
  body.items.forEach(({ productId, quantity }, index) => {
    const product = products[index]
    const path = `items.${index}.productId`
    if (product === undefined || product.status === 'none') unknown.push({ path, message: 'does not exist' })
    else if (product.status === 'DELISTED') unavailable.push({ path, message: 'is no longer offered' })
    else {
      const { title, price, taxRatePercent } = product.offer
      lines.push({ productId, title: title[locale] ?? title.ja, quantity, unitPrice: price, taxRatePercent })
    }
  })
  return { lines, objection: objectionTo(lines, unknown, unavailable, body.expectedTotalMinor) }
}

const objectionTo = (
  lines: readonly OrderLine[],
  unknown: readonly FieldError[],
  unavailable: readonly FieldError[],
  expectedTotalMinor: number | undefined,
): Problem | undefined => {
  if (unknown.length > 0) return new Problem('unknown-product', { errors: unknown })
  if (unavailable.length > 0) return new Problem('product-unavailable', { errors: unavailable })
  const [first] = lines
  if (first === undefined || expectedTotalMinor === undefined) return undefined
  const { currency } = first.unitPrice
  // Whether such lines can be one order at all is the order's to say.
  if (lines.some(({ unitPrice }) => unitPrice.currency !== currency)) return undefined
  const amount = sum(
    lines.map(({ unitPrice, quantity }) => times(unitPrice, quantity)),
    currency,
  )
  if (amount.amountMinor === expectedTotalMinor) return undefined
  return new Problem('price-changed', { more: { amount, expectedTotalMinor } })
}
