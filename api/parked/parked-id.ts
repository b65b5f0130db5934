/** What stands still: a key of a process, or a document of one copy of a projection. */
export interface ParkedName {
  /** `checkout`, `order-summary@3`, `order-summary@3#2`. */
  readonly name: string
  readonly key: string
}

/** The id of a parked key, which fits into an address. The same key parked again has the same id. */
export const parkedIdOf = ({ name, key }: ParkedName): string =>
  Buffer.from(`${name}/${key}`).toString('base64url')

/** What an id says; undefined where it is none. */
export const parkedNameOf = (id: string): ParkedName | undefined => {
  const text = Buffer.from(id, 'base64url').toString()
  const end = text.indexOf('/')
  const named = { name: text.slice(0, end), key: text.slice(end + 1) }
  return end < 1 || parkedIdOf(named) !== id ? undefined : named
}
