import { idIn } from '../events.ts'
import { caseOf, findingAt, step, type Finding, type KeyedRule } from './rule.ts'

/** Units by product id. */
type Units = Readonly<Record<string, number>>

interface Holding {
  readonly status: 'none' | 'open' | 'paid' | 'unpaid'
  /** What was ordered and is not sold yet. */
  readonly ordered: Units
  readonly held: Units
}

const UNKNOWN: Holding = { status: 'none', ordered: {}, held: {} }
const SOLD: Holding = { status: 'paid', ordered: {}, held: {} }
const FREED: Holding = { status: 'unpaid', ordered: {}, held: {} }

const TYPES: ReadonlySet<string> = new Set([
  'OrderPlaced',
  'OrderPaid',
  'OrderFailed',
  'OrderCancelled',
  'StockReserved',
  'StockReservationConfirmed',
  'StockReservationReleased',
])

/** I4, the orders: stock follows what its order decided. A paid order gets what it ordered, an unpaid one nothing. */
export const stockFollowsOrders: KeyedRule<Holding> = {
  name: 'I4',
  counts: 'orders',
  key: (fact) => (TYPES.has(fact.event?.type ?? '') ? caseOf(fact) : undefined),
  see: (state = UNKNOWN, fact, orderId) => {
    const { recorded, event } = fact
    const found = findingAt('I4', fact, orderId)
    const productId = idIn(recorded.stream)
    switch (event?.type) {
      case 'OrderPlaced': {
        const ordered = Object.fromEntries(
          event.data.lines.map(({ productId, quantity }) => [productId, quantity] as const),
        )
        return step({ ...state, status: 'open', ordered })
      }
      case 'OrderPaid': {
        const missing = Object.entries(state.ordered).filter(([id, units]) => state.held[id] !== units)
        return step(
          { ...state, status: 'paid' },
          ...missing.map(([id, units]) =>
            found('An order was paid without its units being held', {
              productId: id,
              ordered: units,
              held: state.held[id] ?? 0,
            }),
          ),
        )
      }
      case 'OrderFailed':
      case 'OrderCancelled':
        return step(settled({ ...state, status: 'unpaid' }))
      case 'StockReserved': {
        const { quantity } = event.data
        const ordered = state.ordered[productId] ?? 0
        return step(
          { ...state, held: { ...state.held, [productId]: quantity } },
          ordered === quantity || state.status === 'unpaid'
            ? undefined
            : found('Other units were reserved than the order has', {
                productId,
                ordered,
                reserved: quantity,
              }),
        )
      }
      case 'StockReservationConfirmed':
        return step(
          settled({
            ...state,
            ordered: without(state.ordered, productId),
            held: without(state.held, productId),
          }),
          state.status === 'paid'
            ? undefined
            : found('Units were sold to an order that is not paid', {
                productId,
                quantity: event.data.quantity,
              }),
        )
      case 'StockReservationReleased':
        return step(
          settled({ ...state, held: without(state.held, productId) }),
          state.status === 'unpaid'
            ? undefined
            : found('Units were released although their order has not failed', {
                productId,
                quantity: event.data.quantity,
              }),
        )
      default:
        return step(state)
    }
  },
  open: ({ status, ordered, held }, orderId) => {
    const open = (message: string, productId: string, units: number): Finding => ({
      rule: 'I4',
      orderId,
      stream: `stock-${productId}`,
      message,
      facts: { units },
    })
    if (status === 'paid')
      return Object.entries(ordered).map(([id, units]) =>
        open('Units of a paid order are not sold yet', id, units),
      )
    return Object.entries(held).map(([id, units]) =>
      open(
        status === 'unpaid' ? 'Units of an unpaid order are not released yet' : 'An open order holds units',
        id,
        units,
      ),
    )
  },
}

const settled = (state: Holding): Holding => {
  if (Object.keys(state.held).length > 0) return state
  if (state.status === 'unpaid') return FREED
  return state.status === 'paid' && Object.keys(state.ordered).length === 0 ? SOLD : state
}

const without = (units: Units, productId: string): Units => {
  const { [productId]: _, ...rest } = units
  return rest
}
