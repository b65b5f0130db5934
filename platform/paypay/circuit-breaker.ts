/** What one call showed about the other side. */
export type Evidence =
  /** It answered, whatever it said. */
  | 'answered'
  /** No answer, or one that only a provider in trouble gives. */
  | 'failed'
  /** It does not accept our key, clock or merchant id; no further call would fare better. */
  | 'unauthorized'
  /** Nothing either way. */
  | 'none'

/** A permission for one call; what the call showed must be reported, once. */
export interface Ticket {
  report(evidence: Evidence): void
}

export type CircuitState =
  | { kind: 'closed' }
  /** Calls are refused until `retryAtMs`; the next one after it is the probe. */
  | { kind: 'open'; because: 'failures' | 'unauthorized'; sinceMs: number; retryAtMs: number }
  /** One probe is under way; the other calls are refused until it has shown something. */
  | { kind: 'half-open'; because: 'failures' | 'unauthorized'; sinceMs: number }

export interface CircuitBreaker {
  /** Undefined while calls are refused. */
  admit(): Ticket | undefined
  /** Whether `admit` would let a call through now. */
  isPassable(): boolean
  state(): CircuitState
}

const FAILURES_TO_OPEN = 10
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/**
 * Spares a provider in trouble, and callers the wait for it: opens on ten failures in a row, each of a call sent after
 * the latest answer (a provider that hangs for some is not down), or on the first refusal of our credentials, lets one probe through after a jittered pause that doubles each time, and closes when it is answered.
 *
 * It has no timer: whoever calls next after the pause is the probe.
 */
export function createCircuitBreaker(parts: { nowMs: () => number; random: () => number }): CircuitBreaker {
  let state: CircuitState = { kind: 'closed' }
  let failures = 0
  let openings = 0
  /** A call that began under an earlier state proves nothing about this one. */
  let era = 0
  /** A silence that began before the latest answer proves nothing either: the provider has spoken since. */
  let answers = 0

  function enter(next: CircuitState): void {
    state = next
    era += 1
    failures = 0
  }

  function open(because: 'failures' | 'unauthorized', sinceMs: number): void {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** openings)
    openings = Math.min(openings + 1, 10)
    const retryAtMs = parts.nowMs() + pauseMs * (0.5 + parts.random() / 2)
    enter({ kind: 'open', because, sinceMs, retryAtMs })
  }

  function learn(evidence: Evidence): void {
    const sinceMs = state.kind === 'closed' ? parts.nowMs() : state.sinceMs
    if (evidence === 'answered') {
      openings = 0
      if (state.kind === 'closed') failures = 0
      else enter({ kind: 'closed' })
    } else if (evidence === 'unauthorized') {
      open('unauthorized', sinceMs)
    } else if (state.kind !== 'closed') {
      open(evidence === 'failed' ? 'failures' : state.because, sinceMs)
    } else if (evidence === 'failed' && (failures += 1) >= FAILURES_TO_OPEN) {
      open('failures', sinceMs)
    }
  }

  const isPassable = () =>
    state.kind === 'closed' || (state.kind === 'open' && parts.nowMs() >= state.retryAtMs)

  return {
    isPassable,
    state: () => state,
    admit: () => {
      if (!isPassable()) return undefined
      if (state.kind === 'open') enter({ kind: 'half-open', because: state.because, sinceMs: state.sinceMs })
      const admittedIn = era
      const answersBefore = answers
      return {
        report: (evidence) => {
          if (admittedIn !== era) return
          if (evidence === 'answered') answers += 1
          if (evidence !== 'failed' || answers === answersBefore) learn(evidence)
        },
      }
    },
  }
}
