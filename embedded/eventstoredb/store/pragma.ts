import type { DatabaseSync } from 'node:sqlite'

/** The number that a pragma of this database says, 0 if it says none. */
export const pragma = (db: DatabaseSync, name: string): number => {
  const value = Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]
  return typeof value === 'number' ? value : 0
}
