import type { ReadStore } from '#platform/readstore/port.ts'
import type { FaultPlan } from './fault-plan.ts'
import type { Host } from './host.ts'
import type { Saw } from './sights.ts'

/**
 * A durable read store as one host sees it: it may refuse, do what it was told and not say so, or, as an engine without
 * transactions would, write the first documents of a batch and no more.
 */
export const simulatedReadStore = (
  durable: ReadStore,
  host: Host,
  faults: () => FaultPlan['checkpoints'],
  saw: Saw,
): ReadStore => {
  const { random } = host
  const latencyMs = (): number => random.between(0, 3)
  const asked = <T>(effect: () => Promise<T>): Promise<T> => {
    const { refused, answerLost } = faults()
    const isRefused = random.chance(refused)
    const isAnswerLost = random.chance(answerLost)
    return host.call(latencyMs(), latencyMs(), async () => {
      if (isRefused) {
        saw('read store: refuses')
        throw new Error('The read store refuses')
      }
      const value = await effect()
      if (!isAnswerLost) return value
      saw('read store: done, and the answer lost')
      throw new Error('The read store did not answer')
    })
  }
  return {
    prepare: (collections, how) => asked(() => durable.prepare(collections, how)),
    indexed: (spec) => asked(() => durable.indexed(spec)),
    makeIndexes: (spec, options) => asked(() => durable.makeIndexes(spec, options)),
    get: (collection, id) => asked(() => durable.get(collection, id)),
    load: (collection, ids) => asked(() => durable.load(collection, ids)),
    find: (collection, query) => asked(() => durable.find(collection, query)),
    commit: (batch) => {
      const { writes } = batch
      const isTorn = writes.length > 0 && random.chance(faults().torn)
      if (!isTorn) return asked(() => durable.commit(batch))
      const written = random.between(0, writes.length)
      return asked(async () => {
        saw('read store: fails in mid-batch')
        await durable.commit({ writes: writes.slice(0, written) })
        throw new Error('The read store failed in the middle of a batch')
      })
    },
    countBy: (collection, query, path) => asked(() => durable.countBy(collection, query, path)),
    scan: (collection, after, limit) => asked(() => durable.scan(collection, after, limit)),
    size: (collection) => asked(() => durable.size(collection)),
    swap: (swap) => asked(() => durable.swap(swap)),
    checkpoint: (name) => asked(() => durable.checkpoint(name)),
    clear: (...which) => asked(() => durable.clear(...which)),
    close: () => Promise.resolve(),
  }
}
