import type { Violation } from './violation.ts'

/** A mistake of the product that a run found and that is not mended yet. */
export interface KnownBug {
  readonly rule: Violation['rule']
  /** As the rule words it. */
  readonly message: string
  /** Shows it, as do others soon after it. */
  readonly seed: number
  readonly cause: string
}

/**
 * What is listed here does not end a run, and what follows from it for the same order is not held against the run; all
 * of it is reported. A spec takes care that nothing stays here which no longer shows.
 */
export const KNOWN: readonly KnownBug[] = []
