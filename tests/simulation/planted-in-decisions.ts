import { accepted, unchanged } from '#domain/decider.ts'
import { OrderId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import { payment } from '#domain/payment/aggregate.ts'
import { stock } from '#domain/stock/aggregate.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { checkoutPlan } from '#processmanagers/checkout/plan.ts'
import type { Planted } from './planted.ts'
import { deciding, ofType } from './planting.ts'

let calls = 0

/** Mistakes in what is decided, and in what order. */
export const PLANTED_IN_DECISIONS: readonly Planted[] = [
  {
    name: 'an answer that is no news is booked again',
    seed: 2,
    within: 60,
    bug: {
      commands: deciding(payment, (state, command) =>
        command.type === 'RecordPaymentObservation' && state.status === 'succeeded'
          ? payment.decider.decide({ status: 'requested', request: state.request }, command)
          : payment.decider.decide(state, command),
      ),
    },
  },
  {
    name: 'money that comes late is not recorded',
    seed: 3,
    within: 60,
    bug: {
      commands: deciding(order, (state, command) =>
        command.type === 'ConfirmPayment' && (state.status === 'FAILED' || state.status === 'CANCELLED')
          ? unchanged
          : order.decider.decide(state, command),
      ),
    },
  },
  {
    name: 'money that comes twice is not recorded',
    seed: 51,
    within: 150,
    bug: {
      commands: deciding(order, (state, command) =>
        command.type === 'ConfirmPayment' && state.status === 'PAID'
          ? unchanged
          : order.decider.decide(state, command),
      ),
    },
  },
  {
    name: 'a cancel wins over a success that is on record',
    seed: 33,
    within: 150,
    bug: {
      commands: deciding(order, (state, command) =>
        command.type === 'CancelOrder' && state.status === 'PAID'
          ? accepted({ type: 'OrderCancelled', data: { by: command.by, atMs: command.atMs } })
          : order.decider.decide(state, command),
      ),
    },
  },
  {
    name: 'stock is released twice',
    seed: 2,
    within: 60,
    bug: {
      commands: deciding(
        stock,
        (state, command) => {
          const before =
            command.type === 'ReleaseReservation' && state.status === 'known'
              ? state.ended.get(command.reservationId)
              : undefined
          if (before === undefined || command.type !== 'ReleaseReservation')
            return stock.decider.decide(state, command)
          const { reservationId, atMs } = command
          return accepted({
            type: 'StockReservationReleased',
            data: { reservationId, quantity: before.quantity, atMs },
          })
        },
        (context, command) =>
          ofType(command, 'ReleaseReservation')
            ? { ...context, commandId: derivedId(context.commandId, (calls += 1)) }
            : context,
      ),
    },
  },
  {
    name: 'stock of an order that ends unpaid is kept',
    seed: 2,
    within: 30,
    bug: {
      commands: deciding(stock, (state, command) =>
        command.type === 'ReleaseReservation' ? unchanged : stock.decider.decide(state, command),
      ),
    },
  },
  {
    name: 'more is reserved than there is',
    seed: 4,
    within: 30,
    bug: {
      commands: deciding(stock, (state, command) =>
        command.type === 'ReserveStock' && state.status === 'known'
          ? stock.decider.decide({ ...state, available: state.available + 99 }, command)
          : stock.decider.decide(state, command),
      ),
    },
  },
  {
    name: 'stock is sold before the order is paid',
    seed: 2,
    within: 30,
    bug: {
      commands: (commands) => ({
        ...commands,
        run: async (aggregate, id, command, context, options) => {
          if (aggregate.category === order.category && ofType(command, 'ConfirmPayment')) {
            const state = await commands.state(checkoutPlan, OrderId.parse(id))
            if (state.status !== 'none')
              for (const { productId } of state.plan.lines)
                await commands.run(
                  stock,
                  productId,
                  { type: 'ConfirmReservation', reservationId: id, atMs: state.plan.atMs },
                  { ...context, commandId: derivedId('early', id, productId) },
                )
          }
          return commands.run(aggregate, id, command, context, options)
        },
      }),
    },
  },
]
