/** Where two documents part first. A side that has nothing there has no value. */
export interface Difference {
  /** Dotted, with numbers into arrays: `history.3.status`; empty where one of the documents is missing. */
  readonly path: string
  readonly stored?: unknown
  readonly folded?: unknown
}

/** The first place, field by field in the order of their names, at which the documents differ as JSON; or undefined. */
export const firstDifference = (stored: unknown, folded: unknown, path = ''): Difference | undefined => {
  if (!isObject(stored) || !isObject(folded) || Array.isArray(stored) !== Array.isArray(folded))
    return Object.is(stored, folded) ? undefined : different(path, stored, folded)
  const left = new Map<string, unknown>(Object.entries(stored))
  const right = new Map<string, unknown>(Object.entries(folded))
  const names = [...new Set([...left.keys(), ...right.keys()])]
  // By number in arrays, or the tenth change would come before the second.
  for (const name of Array.isArray(stored) ? names : names.toSorted()) {
    const found = firstDifference(left.get(name), right.get(name), path === '' ? name : `${path}.${name}`)
    if (found !== undefined) return found
  }
  return undefined
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const different = (path: string, stored: unknown, folded: unknown): Difference => ({
  path,
  ...(stored === undefined ? {} : { stored }),
  ...(folded === undefined ? {} : { folded }),
})
