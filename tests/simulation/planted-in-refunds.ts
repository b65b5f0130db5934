import { unchanged } from '#domain/decider.ts'
import { OrderId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import type { RequestOrderRefund } from '#domain/order/commands.ts'
import { isPaid } from '#domain/order/state.ts'
import { stock } from '#domain/stock/aggregate.ts'
import { derivedId } from '#platform/ids/ids.ts'
import type { Planted } from './planted.ts'
import { deciding, ofType } from './planting.ts'

let calls = 0

/** Mistakes in giving money back at the wish of staff. */
export const PLANTED_IN_REFUNDS: readonly Planted[] = [
  {
    name: 'a refund counts only once it has gone back',
    seed: 4,
    within: 60,
    bug: {
      commands: deciding(order, (state, command) => {
        if (command.type !== 'RequestOrderRefund' || !isPaid(state))
          return order.decider.decide(state, command)
        const refunds = state.refunds.filter(
          ({ status }, refundId) => status === 'completed' || refundId === command.refundId,
        )
        return order.decider.decide({ ...state, refunds }, command)
      }),
    },
  },
  {
    name: 'a refund is taken for done once it is accepted',
    seed: 2,
    within: 60,
    bug: {
      provider: (provider) => ({
        ...provider,
        refundPayment: async (request) => {
          const answer = await provider.refundPayment(request)
          return answer.kind === 'ok' ? { ...answer, value: { status: 'REFUNDED' } } : answer
        },
      }),
    },
  },
  {
    name: 'no answer to a refund is taken for a refusal',
    seed: 4,
    within: 60,
    bug: {
      provider: (provider) => ({
        ...provider,
        refundPayment: async (request) => {
          const answer = await provider.refundPayment(request)
          return answer.kind === 'unknown'
            ? { kind: 'refused', code: answer.reason, httpStatus: 500, message: '' }
            : answer
        },
        refundDetails: () => Promise.resolve({ kind: 'ok', value: { kind: 'not-found' } }),
      }),
    },
  },
  {
    name: 'every press of the refund button is another refund',
    seed: 67,
    within: 60,
    bug: { refundKey: (key, host) => `${key}-${host.random.between(0, 1_000_000)}` },
  },
  {
    name: 'the order is not told that its refund is done',
    seed: 2,
    within: 60,
    bug: {
      commands: deciding(order, (state, command) =>
        command.type === 'CompleteOrderRefund' ? unchanged : order.decider.decide(state, command),
      ),
    },
  },
  {
    name: 'units are on sale again before the money has gone back',
    seed: 2,
    within: 60,
    bug: {
      commands: (commands) => ({
        ...commands,
        run: async (aggregate, id, command, context, options) => {
          const outcome = await commands.run(aggregate, id, command, context, options)
          if (aggregate.category !== order.category || !isRefundRequest(command)) return outcome
          if (outcome.kind !== 'accepted') return outcome
          const { refundId, returning, atMs } = command
          for (const { productId, quantity } of returning) {
            const returnId = `${refundId}:${productId}`
            await commands.run(
              stock,
              productId,
              { type: 'ReturnStock', returnId, orderId: OrderId.parse(id), quantity, atMs },
              { ...context, commandId: derivedId('early', returnId) },
            )
          }
          return outcome
        },
      }),
    },
  },
  {
    name: 'units come back with every delivery of their refund',
    seed: 2,
    within: 60,
    bug: {
      commands: deciding(
        stock,
        (state, command) =>
          command.type === 'ReturnStock' && state.status === 'known'
            ? stock.decider.decide({ ...state, returns: state.returns.clear() }, command)
            : stock.decider.decide(state, command),
        (context, command) =>
          ofType(command, 'ReturnStock')
            ? { ...context, commandId: derivedId(context.commandId, (calls += 1)) }
            : context,
      ),
    },
  },
]

const isRefundRequest = (command: unknown): command is RequestOrderRefund =>
  ofType(command, 'RequestOrderRefund')
