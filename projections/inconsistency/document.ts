import type { Facts } from '#domain/inconsistency/facts.ts'

/** One case: an order with its attempts, or a subject of its own that an alert was raised about. */
export interface Inconsistency {
  readonly facts: Facts
  /**
   * From when on alerting must look at it, epoch milliseconds from 1 on. Absent while nothing about it can call for an
   * alert, now or later, and none is open, which is how nearly all cases end.
   */
  readonly suspectFromMs?: number
}
