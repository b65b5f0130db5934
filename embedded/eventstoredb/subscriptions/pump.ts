import { CAUGHT_UP, FELL_BEHIND } from '../wire/frames.ts'
import type { Source } from './source.ts'

/** The subscriber's end of a call. `onceDrained` calls back when everything written has left the process. */
export type Sink = {
  readonly write: (frame: Buffer) => void
  readonly isFull: () => boolean
  readonly onceDrained: (callback: () => void) => void
  /** Ends the call because the stream was tombstoned. */
  readonly streamDeleted: () => void
}

/** A running subscription. `wake` says that something was committed; `stop` is final. */
export type Pump = { readonly wake: () => void; readonly stop: () => void }

type State = 'running' | 'waiting-for-commit' | 'waiting-for-room' | 'stopped'

/**
 * Moves messages from a source to a subscriber, a page at a time. Looking whether anything is left and going
 * to sleep happen in one synchronous step, so no commit can fall between them; and nothing is read before the
 * subscriber has taken the page before, so a slow one costs a page of memory and no more.
 */
export const startPump = (source: Source, sink: Sink): Pump => {
  let state: State = 'running'
  let wasLive = false
  // Read through a function: the compiler would otherwise believe that a call cannot change it.
  const isStopped = (): boolean => state === 'stopped'

  const becomeLive = (): void => {
    if (!wasLive) for (const frame of [...source.onLive(), CAUGHT_UP]) sink.write(frame)
    wasLive = true
  }

  const waitForRoom = (): void => {
    state = 'waiting-for-room'
    sink.onceDrained(() => {
      if (isStopped()) return
      state = 'running'
      step()
    })
  }

  const step = (): void => {
    if (isStopped()) return
    if (sink.isFull()) {
      waitForRoom()
      return
    }
    const supply = source.next()
    if (supply.kind === 'stream-deleted') {
      state = 'stopped'
      sink.streamDeleted()
      return
    }
    if (wasLive && !supply.isLive) {
      wasLive = false
      sink.write(FELL_BEHIND)
    }
    for (const frame of supply.frames) sink.write(frame)
    if (supply.isLast) {
      becomeLive()
      state = 'waiting-for-commit'
    } else {
      setImmediate(step)
    }
  }

  step()
  return {
    wake: () => {
      if (state !== 'waiting-for-commit') return
      state = 'running'
      step()
    },
    stop: () => {
      state = 'stopped'
    },
  }
}
