import { z } from 'zod'
import type { Clock } from '#platform/clock/clock.ts'
import type { CollectionSpec, Fence, ReadStore } from '#platform/readstore/port.ts'

/** Who holds a lease. */
export interface Holder {
  /** Different for every life of every process. */
  readonly id: string
  /** Whether a holder is known to be gone, so that nobody need wait for its silence; false where that cannot be told. */
  readonly isGone: (id: string) => boolean
}

const Held = z.object({
  holder: z.string(),
  /** Grows with every renewal: what stands still belongs to somebody who is gone. */
  beats: z.int(),
  released: z.boolean(),
  /** What the holder says of its work. */
  report: z.unknown().optional(),
})
type Held = z.infer<typeof Held>

/** One document per lease; its position is the epoch, which grows when the lease changes hands. */
export const LEASES: CollectionSpec = { name: 'projection_leases', indexes: [] }

/** A holder that was silent for so long is taken for gone. */
export const SILENT_FOR_MS = 5_000
export const RENEW_EVERY_MS = 1_000

export interface Lease {
  /** To be given with every commit: refuses it once somebody else has taken over. */
  readonly fence: Fence
  /** Says that the holder lives, and what it is doing; false when somebody else has taken over. */
  readonly renew: (report?: object) => Promise<boolean>
  /** Lets the next one take it at once. Harmless when it was lost. */
  readonly release: () => Promise<void>
}

export interface Leases {
  /**
   * The lease, or undefined while somebody else holds it. Silence is measured by this process's own clock from the
   * first time it looked, so clocks of different machines need not agree; ask again from time to time.
   */
  readonly acquire: (name: string) => Promise<Lease | undefined>
}

/** What is known of a lease by somebody who only looks. */
export interface HeldLease {
  readonly holder: string
  readonly report: unknown
}

/** Undefined when nobody holds it. A holder that was killed holds it until somebody takes over. */
export const heldLease = async (
  readStore: ReadStore,
  name: string,
  { isGone }: Pick<Holder, 'isGone'>,
): Promise<HeldLease | undefined> => {
  const stored = await readStore.get(LEASES.name, name)
  if (stored === undefined) return undefined
  const { holder, released, report } = Held.parse(stored.body)
  return released || isGone(holder) ? undefined : { holder, report }
}

export interface LeasesOptions {
  readonly readStore: ReadStore
  readonly holder: Holder
  readonly clock: Clock
}

/** Leases of one holder in the read store: one at a time has each, and who lost one cannot write any more. */
export const leases = ({ readStore, holder, clock }: LeasesOptions): Leases => {
  const silentSince = new Map<string, { readonly seen: string; readonly sinceMs: number }>()

  const isSilent = (name: string, epoch: number, { beats }: Held): boolean => {
    const seen = `${epoch}/${beats}`
    const known = silentSince.get(name)
    if (known?.seen === seen) return clock.nowMs() - known.sinceMs >= SILENT_FOR_MS
    silentSince.set(name, { seen, sinceMs: clock.nowMs() })
    return false
  }

  const lease = (name: string, epoch: number): Lease => {
    let beats = 0
    let last: unknown
    const say = (released: boolean): Promise<boolean> => {
      beats += 1
      const body: Held = { holder: holder.id, beats, released, report: last }
      return readStore.swap({ collection: LEASES.name, id: name, expected: epoch, position: epoch, body })
    }
    return {
      fence: { collection: LEASES.name, id: name, position: epoch },
      renew: (report) => {
        last = report ?? last
        return say(false)
      },
      release: async () => {
        await say(true)
      },
    }
  }

  return {
    acquire: async (name) => {
      const stored = await readStore.get(LEASES.name, name)
      if (stored !== undefined) {
        const held = Held.parse(stored.body)
        const isFree =
          held.released ||
          held.holder === holder.id ||
          holder.isGone(held.holder) ||
          isSilent(name, stored.position, held)
        if (!isFree) return undefined
      }
      const epoch = (stored?.position ?? 0) + 1
      const body: Held = { holder: holder.id, beats: 0, released: false }
      const isMine = await readStore.swap({
        collection: LEASES.name,
        id: name,
        expected: stored?.position,
        position: epoch,
        body,
      })
      if (!isMine) return undefined
      silentSince.delete(name)
      return lease(name, epoch)
    },
  }
}
