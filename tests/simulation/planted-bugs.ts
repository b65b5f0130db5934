import type { Planted } from './planted.ts'
import { PLANTED_AT_THE_EDGES } from './planted-at-the-edges.ts'
import { PLANTED_IN_DECISIONS } from './planted-in-decisions.ts'

/** Every mistake that the simulation is shown to find. */
export const PLANTED: readonly Planted[] = [...PLANTED_AT_THE_EDGES, ...PLANTED_IN_DECISIONS]
