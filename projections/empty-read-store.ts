import { onTestFinished } from 'vitest'
import type { ReadStore } from '#platform/readstore/port.ts'
import { openEmptyReadStore } from '#platform/readstore/testing.ts'

/** How long a spec waits for what must come. */
export const PATIENCE_MS = 30_000

/** A read store for one spec; it ends with the spec. */
export const emptyReadStore = (): ReadStore => {
  const readStore = openEmptyReadStore()
  onTestFinished(() => readStore.close())
  return readStore
}
