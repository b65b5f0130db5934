import { v4 } from 'uuid'
import type { Clock } from '#platform/clock/clock.ts'
import type { NewId } from '#platform/ids/ids.ts'
import type { Randomness } from './randomness.ts'
import type { Owner, Scheduler } from './scheduler.ts'
import type { Saw } from './sights.ts'

/** One life of one process of the operating system: killed, it is over between two of its instructions, for good. */
export interface Host extends Owner {
  readonly name: string
  readonly clock: Clock
  readonly newId: NewId
  readonly random: Randomness
  readonly kill: () => void
  /** Goes on after a while, unless killed meanwhile: then never. */
  readonly pause: (delayMs: number) => Promise<void>
  /**
   * A call over the network: the effect happens on the other side even if the caller dies meanwhile; what comes of it
   * reaches only the living.
   */
  readonly call: <T>(thereMs: number, backMs: number, effect: () => Promise<T>) => Promise<T>
}

export interface HostOptions {
  readonly name: string
  readonly scheduler: Scheduler
  readonly random: Randomness
  /** How far its clock is ahead of the world's. */
  readonly skewMs: number
  /** Told of each call before it leaves: this is where a life may end. */
  readonly onCall: (host: Host) => void
  /** Told of each call that was done on the other side, before the answer sets out: here as well. */
  readonly onDone?: (host: Host) => void
  readonly saw: Saw
}

const never = <T>(): Promise<T> => new Promise<T>(() => {})

export const startHost = (options: HostOptions): Host => {
  const { name, scheduler, random, skewMs, onCall, saw } = options
  let alive = true
  const underway = { there: 0, back: 0 }
  const owner: Owner = { isAlive: () => alive }
  const timer: Clock['timer'] = (durationMs, callback) => scheduler.after(durationMs, callback, owner)

  const sleep: Clock['sleep'] = (durationMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve()
      const abort = (): void => {
        cancel()
        resolve()
      }
      const cancel = timer(durationMs, () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      })
      signal?.addEventListener('abort', abort, { once: true })
    })

  const host: Host = {
    ...owner,
    name,
    random,
    clock: { nowMs: () => scheduler.nowMs() + skewMs, monotonicMs: scheduler.nowMs, sleep, timer },
    newId: () => v4({ random: Uint8Array.from({ length: 16 }, () => random.between(0, 255)) }),
    kill: () => {
      if (alive && underway.there > 0) saw('shop: killed before a call arrived')
      if (alive && underway.back > 0) saw('shop: killed before an answer arrived')
      alive = false
    },
    pause: (delayMs) =>
      new Promise((resolve) => {
        scheduler.after(delayMs, resolve, owner)
      }),
    call: (thereMs, backMs, effect) => {
      if (!alive) return never()
      onCall(host)
      // Killed on the last instruction before it: nobody will ever know that it was meant to leave.
      if (!alive) return never()
      underway.there += 1
      return new Promise((resolve, reject) => {
        const answer = (deliver: () => void): void => {
          scheduler.after(
            backMs,
            () => {
              underway.back -= 1
              deliver()
            },
            owner,
          )
        }
        scheduler.after(thereMs, () => {
          underway.there -= 1
          underway.back += 1
          effect().then(
            (value) => {
              options.onDone?.(host)
              answer(() => {
                resolve(value)
              })
            },
            (error: unknown) => {
              options.onDone?.(host)
              answer(() => {
                reject(error instanceof Error ? error : new Error(String(error)))
              })
            },
          )
        })
      })
    },
  }
  return host
}
