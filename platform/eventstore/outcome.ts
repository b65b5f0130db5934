import type { Clock } from '../clock/clock.ts'

/** The store said nothing in time. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

/** Errors that a repeat cannot change: a bug, a limit or a deleted stream, never a lost answer. */
export const isDefinite = (error: unknown): boolean => {
  const type = error instanceof Error && 'type' in error ? error.type : undefined
  return (
    type === 'stream-deleted' ||
    type === 'access-denied' ||
    type === 'maximum-append-size-exceeded' ||
    type === 'invalid-argument' ||
    error instanceof TypeError ||
    error instanceof RangeError
  )
}

/** @throws NoAnswer when the promise has not settled within the limit; what it comes to later is ignored. */
export const within = async <T>(limitMs: number, clock: Clock, promise: Promise<T>): Promise<T> => {
  let cancel = (): void => {}
  const timeout = new Promise<never>((_resolve, reject) => {
    cancel = clock.timer(limitMs, () => {
      reject(new NoAnswer(`No answer from the event store within ${limitMs} ms`))
    })
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    cancel()
  }
}
