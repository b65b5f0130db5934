import type { OrderRefusal } from '#domain/order/commands.ts'
import { Problem, type ProblemCode } from '../problems.ts'

/**
 * The problem of each refusal: the same word, but that a stranger is never told of an order's existence, and that the id
 * of a refund is made from the key of its request.
 */
export const refusalProblem = (refusal: OrderRefusal): Problem => new Problem(codeOf(refusal))

const codeOf = (refusal: OrderRefusal): ProblemCode => {
  switch (refusal) {
    case 'unknown-order':
      return 'order-not-found'
    case 'refund-differs':
      return 'idempotency-key-reused'
    case 'unknown-refund':
    case 'refund-already-completed':
    case 'refund-already-rejected':
      // How a refund ended is told to the order by the shop's own process, and never through the API.
      throw new Error(`${refusal} is no answer to a request`)
    default:
      return refusal
  }
}
