import type { ProductId } from '#domain/ids.ts'
import { stock } from '#domain/stock/aggregate.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import { stepContext } from '../command-context.ts'
import type { Plan } from './plan.ts'

const context = stepContext('checkout')

/**
 * Holds every line of the order, in productId order.
 * - `reserved`: all lines are held.
 * - `shortage`: this line could not be held; what was taken before it is still held.
 * - `over`: a reservation of this order has already ended, so the order has ended too and nothing may go on.
 */
export type Reserving = { kind: 'reserved' } | { kind: 'shortage'; productId: ProductId } | { kind: 'over' }

export const reserveLines = async (commands: CommandRunner, plan: Plan, atMs: number): Promise<Reserving> => {
  for (const { productId, quantity } of plan.lines) {
    const outcome = await commands.run(
      stock,
      productId,
      { type: 'ReserveStock', reservationId: plan.orderId, orderId: plan.orderId, quantity, atMs },
      context('reserve', `${plan.orderId}/${productId}`, plan.orderId, plan.placedEventId),
    )
    if (outcome.kind === 'refused') {
      if (outcome.refusal === 'insufficient-stock' || outcome.refusal === 'unknown-product')
        return { kind: 'shortage', productId }
      throw new Error(`Stock of ${productId} refused a reservation: ${outcome.refusal}`)
    }
    const held = outcome.state.status === 'known' && outcome.state.active.has(plan.orderId)
    if (!held) return { kind: 'over' }
  }
  return { kind: 'reserved' }
}

/** The order is paid: what was held is sold. Each reservation ends once, however often this is repeated. */
export const confirmLines = async (
  commands: CommandRunner,
  plan: Plan,
  causationId: string,
  atMs: number,
): Promise<void> => {
  for (const { productId } of plan.lines) {
    const outcome = await commands.run(
      stock,
      productId,
      { type: 'ConfirmReservation', reservationId: plan.orderId, atMs },
      context('confirm', `${plan.orderId}/${productId}`, plan.orderId, causationId),
    )
    if (outcome.kind === 'refused')
      throw new Error(`Stock of ${productId} refused to confirm a paid order: ${outcome.refusal}`)
  }
}

/** The order ended unpaid: what was held is available again. A line that was never held is fine. */
export const releaseLines = async (
  commands: CommandRunner,
  plan: Plan,
  causationId: string,
  atMs: number,
): Promise<void> => {
  for (const { productId } of plan.lines) {
    const outcome = await commands.run(
      stock,
      productId,
      { type: 'ReleaseReservation', reservationId: plan.orderId, atMs },
      context('release', `${plan.orderId}/${productId}`, plan.orderId, causationId),
    )
    if (outcome.kind === 'refused' && outcome.refusal === 'reservation-already-confirmed')
      throw new Error(`Stock of ${productId} was sold to an order that ended unpaid`)
  }
}
