import type { Timer } from '../payment/patience.ts'

/** Something that is said at the edge of the page. */
export interface Shelved {
  readonly id: string
  readonly orderId: string
  /** Until it is put away: what somebody may have to act on does not vanish by itself. */
  readonly stays: boolean
}

export const MOST_SHOWN = 3
export const SHOWN_FOR_MS = 8_000
/** Whoever has been told this much has not been reading. */
const MOST_KEPT = 20

export interface ToastShelf<T extends Shelved> {
  readonly add: (toast: T) => void
  readonly dismiss: (id: string) => void
  readonly dismissOf: (orderId: string) => void
  /** While somebody reads, points at it or is away, nothing vanishes; afterwards each has its whole time again. */
  readonly setHeld: (why: string, isHeld: boolean) => void
  readonly clear: () => void
}

/** What is shown, at most three at a time; the others wait, and their time begins when they are shown. */
export const toastShelf = <T extends Shelved>(
  timer: Timer,
  onChange: (shown: readonly T[]) => void,
): ToastShelf<T> => {
  let kept: readonly T[] = []
  const running = new Map<string, () => void>()
  const held = new Set<string>()

  const stopTimers = (): void => {
    for (const cancel of running.values()) cancel()
    running.clear()
  }
  const show = (next: readonly T[]): void => {
    kept = next
    const shown = kept.slice(0, MOST_SHOWN)
    for (const [id, cancel] of running)
      if (!shown.some((toast) => toast.id === id)) {
        cancel()
        running.delete(id)
      }
    if (held.size === 0)
      for (const { id, stays } of shown)
        if (!stays && !running.has(id))
          running.set(
            id,
            timer(SHOWN_FOR_MS, () => {
              running.delete(id)
              show(kept.filter((toast) => toast.id !== id))
            }),
          )
    onChange(shown)
  }

  return {
    add: (toast) => {
      if (kept.some(({ id }) => id === toast.id)) return
      show([...kept, toast].slice(-MOST_KEPT))
    },
    dismiss: (id) => {
      show(kept.filter((toast) => toast.id !== id))
    },
    dismissOf: (orderId) => {
      if (kept.some((toast) => toast.orderId === orderId))
        show(kept.filter((toast) => toast.orderId !== orderId))
    },
    setHeld: (why, isHeld) => {
      if (isHeld) held.add(why)
      else held.delete(why)
      if (held.size > 0) stopTimers()
      else show(kept)
    },
    clear: () => {
      stopTimers()
      show([])
    },
  }
}
