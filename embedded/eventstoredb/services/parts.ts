import type { ServiceError } from '@grpc/grpc-js'
import type { Log } from '../store/log.ts'
import type { WakeUps } from '../subscriptions/wakeUps.ts'
import type { Doorkeeper } from './credentials.ts'
import type { OpenCalls } from './openCalls.ts'

/** What every call needs. */
export type ServiceParts = {
  readonly log: Log
  readonly wakeUps: WakeUps
  readonly openCalls: OpenCalls
  readonly doorkeeper: Doorkeeper
  /** Reports a fault of the node or its disk, and gives the error that ends the call. */
  readonly unexpected: (error: unknown) => ServiceError
}
