import { z } from 'zod'
import { TooManyOrders, type EventFilter } from '#projections/event-log/queries.ts'
import { Problem } from '../../problems.ts'

const Id = z.string().min(1).max(200)
const Moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

/** What may be asked of the event log; everything that is named must hold. */
export const EventQuery = z.object({
  orderId: Id.optional(),
  correlationId: Id.optional(),
  causationId: Id.optional(),
  customerId: Id.optional(),
  type: Id.optional(),
  actor: Id.optional(),
  /** Both ends are included. */
  from: Moment.optional(),
  to: Moment.optional(),
})

/** `z.coerce.boolean` would take `false` for true. */
export const Flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true')

export const filterOf = ({ from, to, ...rest }: z.infer<typeof EventQuery>): EventFilter => {
  if (from !== undefined && to !== undefined && from > to)
    throw new Problem('invalid-query', { errors: [{ path: 'from', message: 'must not be after `to`' }] })
  return { ...rest, fromMs: from, toMs: to }
}

/** A question that could only be half answered is refused, and says how to ask instead. */
export const asProblem = (error: unknown): unknown =>
  error instanceof TooManyOrders
    ? new Problem('invalid-query', {
        errors: [{ path: 'customerId', message: 'has too many orders to look through: name an order' }],
      })
    : error
