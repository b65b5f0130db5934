import type { Position } from '#platform/eventstore/port.ts'
import { logicalName, type Progress } from '../batch.ts'
import { FIRST_GENERATION } from '../projection.ts'

/** One copy of a projection's documents, as the host sees it. */
export interface Copy {
  readonly progress: Progress
  /** The one that is read. */
  readonly isActive: boolean
  /**
   * `fed` from the shared subscription; `late`: folded by itself until it can be fed with the others; `elsewhere`: fed
   * by another process.
   */
  readonly how: 'fed' | 'late' | 'elsewhere'
}

export const generationIn = ({ progress: { projection } }: Copy): number =>
  projection.generation ?? FIRST_GENERATION

export const isCopyOf =
  (name: string, generation?: number) =>
  (copy: Copy): boolean =>
    logicalName(copy.progress) === name && (generation === undefined || generationIn(copy) === generation)

/** Undefined when any of them is at the very start, or there is none. */
export const lowestPosition = (copies: readonly Copy[]): Position | undefined => {
  let lowest: Position | undefined
  for (const { progress } of copies) {
    if (progress.position === undefined) return undefined
    lowest = lowest === undefined ? progress.position : Math.min(lowest, progress.position)
  }
  return lowest
}

/**
 * One that is behind the others would make them read what they have again and wait for it, so it comes up by itself. All
 * are as far after a commit, so it is a new version, or one that joined and was not stored yet.
 */
export const withLateOnes = (copies: readonly Copy[]): readonly Copy[] => {
  const positions = copies.filter(({ how }) => how === 'fed').map(({ progress }) => progress.position ?? -1)
  const furthest = Math.max(-1, ...positions)
  return copies.map((copy) =>
    copy.how === 'fed' && (copy.progress.position ?? -1) < furthest
      ? { ...copy, how: 'late' as const }
      : copy,
  )
}
