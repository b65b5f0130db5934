import { caseOf, findingAt, step, type Fact, type KeyedRule } from './rule.ts'

interface Levels {
  /** Received plus adjusted: what there should be, in all places together. */
  readonly brought: number
  readonly reserved: number
  readonly sold: number
}

const EMPTY: Levels = { brought: 0, reserved: 0, sold: 0 }

const isStock = ({ recorded }: Fact): boolean => recorded.stream.startsWith('stock-')

/** I4, the units: nothing is sold, held or written off that was never there. What is available is what is left. */
export const unitsConserved: KeyedRule<Levels> = {
  name: 'I4',
  counts: 'products',
  key: (fact) => (isStock(fact) && fact.event !== undefined ? fact.recorded.stream : undefined),
  see: (before = EMPTY, fact) => {
    const after = levelsAfter(before, fact)
    if (after === before) return step(before)
    const { brought, reserved, sold } = after
    const available = brought - reserved - sold
    const wasNegative = isNegative(before)
    return step(
      after,
      // Once it is negative every later event is negative too; the first one is the finding.
      isNegative(after) && !wasNegative
        ? findingAt('I4', fact)('Units are gone that were never there', {
            brought,
            available,
            reserved,
            sold,
          })
        : undefined,
    )
  },
}

const isNegative = ({ brought, reserved, sold }: Levels): boolean =>
  Math.min(brought - reserved - sold, reserved, sold) < 0

const levelsAfter = (levels: Levels, { event }: Fact): Levels => {
  const { brought, reserved, sold } = levels
  switch (event?.type) {
    case 'StockReceived':
      return { brought: brought + event.data.quantity, reserved, sold }
    case 'StockAdjusted':
      return { brought: brought + event.data.delta, reserved, sold }
    case 'StockReserved':
      return { brought, reserved: reserved + event.data.quantity, sold }
    case 'StockReservationConfirmed':
      return { brought, reserved: reserved - event.data.quantity, sold: sold + event.data.quantity }
    case 'StockReservationReleased':
      return { brought, reserved: reserved - event.data.quantity, sold }
    case 'StockReturned':
      return { brought, reserved, sold: sold - event.data.quantity }
    default:
      return levels
  }
}

type Reservation = { readonly status: 'held'; readonly quantity: number } | { readonly status: 'ended' }

const ENDED: Reservation = { status: 'ended' }

/** I4, the reservations: each is made once, and ends exactly once, with what it held. */
export const reservationsEndOnce: KeyedRule<Reservation> = {
  name: 'I4',
  counts: 'reservations',
  key: ({ recorded, event }) => {
    switch (event?.type) {
      case 'StockReserved':
      case 'StockReservationConfirmed':
      case 'StockReservationReleased':
        return `${recorded.stream}/${event.data.reservationId}`
      default:
        return undefined
    }
  },
  see: (before, fact) => {
    const { event } = fact
    const found = findingAt('I4', fact, caseOf(fact))
    switch (event?.type) {
      case 'StockReserved': {
        const { reservationId, quantity } = event.data
        return step<Reservation>(
          { status: 'held', quantity },
          before === undefined
            ? undefined
            : found('A reservation was made again', { reservationId, quantity }),
        )
      }
      case 'StockReservationConfirmed':
      case 'StockReservationReleased': {
        const { reservationId, quantity } = event.data
        if (before?.status !== 'held')
          return step<Reservation>(
            ENDED,
            found('A reservation ended that was not held', { reservationId, quantity }),
          )
        return step<Reservation>(
          ENDED,
          before.quantity === quantity
            ? undefined
            : found('A reservation ended with another quantity than it held', {
                reservationId,
                held: before.quantity,
                ended: quantity,
              }),
        )
      }
      default:
        return step(before ?? ENDED)
    }
  },
}
