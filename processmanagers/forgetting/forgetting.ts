import { customer } from '#domain/customer/aggregate.ts'
import type { CustomerEvent } from '#domain/customer/events.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Process } from '../process.ts'
import { carryOut, type CarryingOutOptions } from './carrying-out.ts'
import { FORGETTING } from './process-name.ts'

export interface ForgettingOptions extends CarryingOutOptions {
  readonly clock: Clock
  readonly log: (message: string, detail: object) => void
}

/** Sessions or the identity provider are away: asked again until they answer. */
const AGAIN_AFTER_MS = 30_000
const AGAIN = 'again'

/**
 * Finishes what a request to forget began. The API does the same at once, so this mostly finds everything done; it is
 * what makes a forgetting certain when the API, a session store or the identity provider fails on the way.
 */
export const forgetting = (options: ForgettingOptions): Process<CustomerEvent> => {
  const { clock, log } = options

  const finish = async (customerId: string): Promise<boolean> => {
    try {
      await carryOut(customerId, options)
      return true
    } catch (error) {
      log('Somebody could not be forgotten everywhere yet', { customerId, error: String(error) })
      return false
    }
  }

  return {
    name: FORGETTING,
    codec: customer.codec,
    handles: ['CustomerForgotten'],
    key: ({ stream }) => stream.slice(stream.indexOf('-') + 1),
    parallelism: 4,
    onEvent: async (event, _recorded, deadlines) => {
      if (event.type !== 'CustomerForgotten') return
      if (!(await finish(event.data.customerId))) deadlines.set(AGAIN, clock.nowMs() + AGAIN_AFTER_MS)
    },
    onDeadline: async (customerId, _name, deadlines) => {
      if (!(await finish(customerId))) deadlines.set(AGAIN, clock.nowMs() + AGAIN_AFTER_MS)
    },
  }
}
