import type { Clock } from '../clock/clock.ts'

/** The store said nothing in time. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

/** The client that was asked has been given up; the question is put to the next one. */
export class ClientReplaced extends Error {
  override readonly name = 'ClientReplaced'
}

const DEFINITE_TYPES: ReadonlySet<unknown> = new Set([
  'stream-deleted',
  'access-denied',
  'maximum-append-size-exceeded',
  'invalid-argument',
])
/** gRPC's INVALID_ARGUMENT, PERMISSION_DENIED, OUT_OF_RANGE and UNIMPLEMENTED: refused before anything was done. */
const DEFINITE_CODES: ReadonlySet<unknown> = new Set([3, 7, 11, 12])
/** A message over the limit of the server's gRPC; the same code also stands for a server that is too busy. */
const RESOURCE_EXHAUSTED = 8

/** Errors that a repeat cannot change: a bug, a limit or a deleted stream, never a lost answer. */
export const isDefinite = (error: unknown): boolean => {
  if (error instanceof TypeError || error instanceof RangeError) return true
  if (!(error instanceof Error)) return false
  const type = 'type' in error ? error.type : undefined
  const code = 'code' in error ? error.code : undefined
  return (
    DEFINITE_TYPES.has(type) ||
    DEFINITE_CODES.has(code) ||
    (code === RESOURCE_EXHAUSTED && /larger than max/i.test(error.message))
  )
}

/** Nobody said anything, as opposed to a connection that broke: the sign of a connection that hangs. */
export const isSilence = (error: unknown): boolean =>
  error instanceof NoAnswer ||
  (error instanceof Error && 'type' in error && error.type === 'deadline-exceeded')

/**
 * @throws NoAnswer when the promise has not settled within the limit, ClientReplaced when the signal aborts before;
 * what the promise comes to later is ignored.
 */
export const within = async <T>(
  limitMs: number,
  clock: Clock,
  promise: Promise<T>,
  replaced?: AbortSignal,
): Promise<T> => {
  let leave = (): void => {}
  const giveUp = new Promise<never>((_resolve, reject) => {
    const cancelTimer = clock.timer(limitMs, () => {
      reject(new NoAnswer(`No answer from the event store within ${limitMs} ms`))
    })
    const abandon = (): void => reject(new ClientReplaced('The client was replaced before the answer came'))
    replaced?.addEventListener('abort', abandon, { once: true })
    if (replaced?.aborted === true) abandon()
    leave = () => {
      cancelTimer()
      replaced?.removeEventListener('abort', abandon)
    }
  })
  try {
    return await Promise.race([promise, giveUp])
  } finally {
    leave()
  }
}
