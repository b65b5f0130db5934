import type { ReadStore } from '#platform/readstore/port.ts'
import type { FaultPlan } from './fault-plan.ts'
import type { Host } from './host.ts'

/** A durable read store as one host sees it: it may refuse, or do what it was told and not say so. */
export const simulatedReadStore = (
  durable: ReadStore,
  host: Host,
  faults: () => FaultPlan['checkpoints'],
): ReadStore => {
  const { random } = host
  const latencyMs = (): number => random.between(0, 3)
  const asked = <T>(effect: () => Promise<T>): Promise<T> => {
    const { refused, answerLost } = faults()
    const isRefused = random.chance(refused)
    const isAnswerLost = random.chance(answerLost)
    return host.call(latencyMs(), latencyMs(), async () => {
      if (isRefused) throw new Error('The read store refuses')
      const value = await effect()
      if (isAnswerLost) throw new Error('The read store did not answer')
      return value
    })
  }
  return {
    prepare: (collections) => asked(() => durable.prepare(collections)),
    get: (collection, id) => asked(() => durable.get(collection, id)),
    load: (collection, ids) => asked(() => durable.load(collection, ids)),
    find: (collection, query) => asked(() => durable.find(collection, query)),
    commit: (batch) => asked(() => durable.commit(batch)),
    checkpoint: (name) => asked(() => durable.checkpoint(name)),
    clear: (collection, checkpoint) => asked(() => durable.clear(collection, checkpoint)),
    close: () => Promise.resolve(),
  }
}
