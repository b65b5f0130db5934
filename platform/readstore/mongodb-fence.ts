import type { Collection, Filter, Document } from 'mongodb'
import { isDuplicateKey } from './mongodb-failures.ts'
import { ReadStoreUnavailable, StaleEpoch, type Checkpoint, type Fence } from './port.ts'

export interface KeptFence {
  readonly _id: string
  readonly epoch: number
}

export interface KeptCheckpoint {
  readonly _id: string
  readonly position: number
  readonly epoch?: number
}

/** Each time somebody else was quicker, with one document: that many in a row is no race any more. */
const MOST_ROUNDS = 5

/** True of what no later holder of the lease has written, and of what nobody wrote under a lease. */
export const notAfter = (epoch: number): Document => ({ $not: { $gt: epoch } })

export const staleEpoch = ({ lease, epoch }: Fence): StaleEpoch =>
  new StaleEpoch(`The lease ${lease} has passed on from epoch ${epoch}`)

/** @throws StaleEpoch when the lease is at a higher epoch. */
export const raiseFence = async (fences: Collection<KeptFence>, fence: Fence): Promise<void> => {
  const { lease, epoch } = fence
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const stored = await fences.findOne({ _id: lease })
    if (stored !== null && stored.epoch > epoch) throw staleEpoch(fence)
    if (stored?.epoch === epoch) return
    try {
      await fences.updateOne({ _id: lease, epoch: { $lte: epoch } }, { $set: { epoch } }, { upsert: true })
      return
    } catch (error) {
      // Somebody wrote it between the two calls; which epoch that was, the next look says.
      if (!isDuplicateKey(error)) throw error
    }
  }
  throw new ReadStoreUnavailable(`The lease ${lease} changes too often to be raised`)
}

/**
 * Moves one checkpoint, never back. Fence and position are one document, so a batch of an earlier holder that comes
 * late cannot move what a later one has taken over.
 * @throws StaleEpoch when a later holder has written the checkpoint.
 */
export const moveCheckpoint = async (
  checkpoints: Collection<KeptCheckpoint>,
  { name, position }: Checkpoint,
  fence: Fence | undefined,
): Promise<void> => {
  const filter: Filter<KeptCheckpoint> =
    fence === undefined ? { _id: name } : { _id: name, epoch: notAfter(fence.epoch) }
  const highest = fence === undefined ? { position } : { position, epoch: fence.epoch }
  for (let round = 0; round < MOST_ROUNDS; round += 1)
    try {
      await checkpoints.updateOne(filter, { $max: highest }, { upsert: true })
      return
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      const stored = await checkpoints.findOne({ _id: name })
      if (fence !== undefined && (stored?.epoch ?? fence.epoch) > fence.epoch) throw staleEpoch(fence)
    }
  throw new ReadStoreUnavailable(`The checkpoint ${name} changes too often to be moved`)
}
