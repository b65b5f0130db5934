/** Where two documents differ first, by the order of the names. */
export interface Difference {
  /** With dots: `lines.0.quantity`; empty where the whole is meant. */
  readonly path: string
  /** Undefined where there is nothing. */
  readonly stored: unknown
  readonly fresh: unknown
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** Undefined when they are equal. */
export const firstDifference = (stored: unknown, fresh: unknown, path = ''): Difference | undefined => {
  if (!isObject(stored) || !isObject(fresh) || Array.isArray(stored) !== Array.isArray(fresh))
    return Object.is(stored, fresh) ? undefined : { path, stored, fresh }
  for (const name of [...new Set([...Object.keys(stored), ...Object.keys(fresh)])].toSorted()) {
    const found = firstDifference(stored[name], fresh[name], path === '' ? name : `${path}.${name}`)
    if (found !== undefined) return found
  }
  return undefined
}
