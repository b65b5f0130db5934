import type { Indexed, ReadStore } from '#platform/readstore/port.ts'
import { generationOf, type Projection } from '../projection.ts'

/** Whether a copy has every index its queries need: without them it would answer, but not in time. */
export const isIndexed = async (
  readStore: Pick<ReadStore, 'indexed'>,
  projection: Projection,
  generation: number,
): Promise<boolean> => isWhole(await readStore.indexed(generationOf(projection, generation).collection))

export const isWhole = ({ made, of }: Indexed): boolean => made >= of
