import type { OrderRefusal } from '#domain/order/commands.ts'
import { Problem, type ProblemCode } from '../problems.ts'

/** The problem of each refusal: the same word, but that a stranger is never told of an order's existence. */
export const refusalProblem = (refusal: OrderRefusal): Problem => {
  const code: ProblemCode = refusal === 'unknown-order' ? 'order-not-found' : refusal
  return new Problem(code)
}
