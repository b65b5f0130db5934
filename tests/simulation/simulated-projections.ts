import type { Projection } from '#projections/projection.ts'
import { shopProjections } from '#projections/shop-projections.ts'
import type { PlantedBug } from './planted.ts'

export const READ_MODELS: readonly string[] = shopProjections.map(({ name }) => name)

/** The read models of these names as the simulated shops fold them, a planted mistake included. */
export const projectionsOf = (names: readonly string[], bug: PlantedBug = {}): readonly Projection[] =>
  shopProjections
    .filter(({ name }) => names.includes(name))
    .map((projection) => bug.projection?.(projection) ?? projection)
