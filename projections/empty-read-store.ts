import { onTestFinished } from 'vitest'
import type { ReadStore } from '#platform/readstore/port.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'

/** How long a spec waits for what must come. */
export const PATIENCE_MS = 5_000

/** A read store for one spec; it ends with the spec. */
export const emptyReadStore = (): ReadStore => {
  const readStore = openSqliteReadStore(':memory:')
  onTestFinished(() => readStore.close())
  return readStore
}
