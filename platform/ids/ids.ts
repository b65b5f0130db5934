import { v5 } from 'uuid'

/** Kessai's own name space for derived ids (RFC 9562, version 5). It must never change: replays rely on it. */
const NAMESPACE = '0b8f1e7c-3c54-5f0e-9d55-6a3f5b0c2d11'

/**
 * The same parts give the same id, on every machine and after every crash: this is what makes a repeated step the
 * same step. Parts are joined by a separator that no id contains.
 */
export const derivedId = (...parts: readonly (string | number)[]): string =>
  v5(parts.join('\u001f'), NAMESPACE)

/** Ids of things that were never named before: commands that arrive from outside, sessions. */
export type NewId = () => string
