import { accepted, refused, type Decision } from '../decider.ts'
import { MAX_AMOUNT_MINOR, ROUNDING, sum, taxesWithin, times } from '../money/money.ts'
import { MAX_LINES, MAX_QUANTITY, type OrderRefusal, type PlaceOrder } from './commands.ts'
import type { OrderEvent, OrderLine } from './events.ts'

/** Decides a first placement: totals and taxes are worked out here and nowhere else. */
export const place = (command: PlaceOrder): Decision<OrderEvent, OrderRefusal> => {
  const { lines, contact, delivery } = command
  const [first] = lines
  if (first === undefined) return refused('no-lines')
  const objection = objectionTo(lines, first.unitPrice.currency)
  if (objection !== undefined) return refused(objection)

  const gross = lines.map((line) => times(line.unitPrice, line.quantity))
  const total = sum(gross, first.unitPrice.currency)
  if (total.amountMinor < 1 || total.amountMinor > MAX_AMOUNT_MINOR) return refused('total-out-of-range')
  const taxes = taxesWithin(
    lines.map((line) => ({
      grossMinor: times(line.unitPrice, line.quantity).amountMinor,
      ratePercent: line.taxRatePercent,
    })),
  )
  return accepted({
    type: 'OrderPlaced',
    data: {
      orderId: command.orderId,
      customerId: command.customerId,
      requestHash: command.requestHash,
      lines: [...lines],
      taxes,
      rounding: ROUNDING,
      total,
      paymentMethod: command.paymentMethod,
      locale: command.locale,
      ...(contact === undefined ? {} : { contact }),
      ...(delivery === undefined ? {} : { delivery }),
      placedAtMs: command.placedAtMs,
      paymentWindowEndsAtMs: command.placedAtMs + command.paymentWindowMs,
    },
  })
}

/** What keeps these lines from being an order, in the documented precedence. */
const objectionTo = (lines: readonly OrderLine[], currency: string): OrderRefusal | undefined => {
  if (lines.length > MAX_LINES) return 'too-many-lines'
  if (new Set(lines.map((line) => line.productId)).size < lines.length) return 'duplicate-product'
  if (!lines.every((line) => isOrderable(line.quantity))) return 'quantity-out-of-range'
  if (lines.some((line) => line.unitPrice.currency !== currency)) return 'mixed-currencies'
  // Judged before multiplying, so that a line total stays a safe integer.
  if (lines.some((line) => line.unitPrice.amountMinor > MAX_AMOUNT_MINOR)) return 'total-out-of-range'
  return undefined
}

const isOrderable = (quantity: number): boolean =>
  Number.isInteger(quantity) && quantity >= 1 && quantity <= MAX_QUANTITY
