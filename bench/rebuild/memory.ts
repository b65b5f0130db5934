import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import { SHOP_FLAGS } from '../../roles/memory.ts'
import { assert } from '../measure.ts'

const MemoryReading = z.object({ orders: z.number(), rssMb: z.number(), heapMb: z.number() })
/** Resident memory as it stands, and the heap after a collection. */
export type MemoryReading = z.infer<typeof MemoryReading>

export interface ProjectorMemory {
  readonly readings: readonly MemoryReading[]
  readonly seconds: number
  /** R10: more resident memory after everything than before the first event, per 100,000 orders. */
  readonly rssMbPer100kOrders: number
  /** The same from the first quarter on, when everything has been loaded and compiled: what would go on. */
  readonly rssMbPer100kOrdersLater: number
  readonly heapMbPer100kOrdersLater: number
}

const folding = fileURLToPath(new URL('folding-process.ts', import.meta.url))
const LIMIT_MS = 960_000

/** Folds a stored log into all read models of this directory, in a process of its own with the shop's own flags. */
export const projectorMemory = async (
  directory: string,
  eventStoreUrl: string,
  orders: number,
): Promise<ProjectorMemory> => {
  const begin = performance.now()
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...SHOP_FLAGS, '--expose-gc', folding, directory, eventStoreUrl, String(orders)],
    { timeout: LIMIT_MS },
  )
  const readings = stdout
    .trim()
    .split('\n')
    .map((line) => MemoryReading.parse(JSON.parse(line)))
  const [before, quarter] = readings
  const last = readings.at(-1)
  assert(
    before !== undefined && quarter !== undefined && last?.orders === orders && readings.length === 5,
    `the memory was told ${readings.length} times`,
  )
  const per100k = (of: 'rssMb' | 'heapMb', from: MemoryReading): number =>
    ((last[of] - from[of]) * 100_000) / (last.orders - from.orders)
  return {
    readings,
    seconds: (performance.now() - begin) / 1_000,
    rssMbPer100kOrders: per100k('rssMb', before),
    rssMbPer100kOrdersLater: per100k('rssMb', quarter),
    heapMbPer100kOrdersLater: per100k('heapMb', quarter),
  }
}
