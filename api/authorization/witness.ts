import type { ApiDependencies } from '../dependencies.ts'

/** What changes something, of each part that the API is given. */
const CHANGING = {
  commands: ['run'],
  eventStore: ['append', 'keepOnly'],
  readStore: ['prepare', 'commit', 'swap', 'clear'],
  projectionCopies: ['rebuild', 'switchOver', 'rollBack', 'cancel', 'drop'],
  images: ['put'],
  keyring: ['seal', 'digest', 'forget'],
  sessions: ['destroy', 'destroyAllOf'],
  confirmations: ['ask'],
} as const satisfies Partial<Record<keyof ApiDependencies, readonly string[]>>

export interface Witness {
  /** To be given to the API in place of its parts; it passes everything on. */
  readonly replace: (deps: ApiDependencies) => Partial<ApiDependencies>
  /** What the API set out to change since the last time this was asked. */
  readonly seen: () => readonly string[]
  /** In whose name commands were run since the last time this was asked. */
  readonly actors: () => readonly string[]
}

/** Sees what the API sets out to change, however it ends: a refused request must not get as far as that. */
export const witness = (): Witness => {
  let seen: string[] = []
  let actors: string[] = []
  const watching = <T extends object>(name: string, part: T, methods: readonly string[]): T =>
    new Proxy(part, {
      get: (target, property) => {
        const found: unknown = Reflect.get(target, property)
        if (typeof property !== 'string' || typeof found !== 'function' || !methods.includes(property))
          return found
        return (...given: unknown[]): unknown => {
          seen.push(`${name}.${property}`)
          for (const each of given) if (isInSomebodysName(each)) actors.push(each.actor)
          return Reflect.apply(found, target, given)
        }
      },
    })
  return {
    replace: (deps) => ({
      commands: watching('commands', deps.commands, CHANGING.commands),
      eventStore: watching('eventStore', deps.eventStore, CHANGING.eventStore),
      readStore: watching('readStore', deps.readStore, CHANGING.readStore),
      projectionCopies: watching('projectionCopies', deps.projectionCopies, CHANGING.projectionCopies),
      images: watching('images', deps.images, CHANGING.images),
      keyring: watching('keyring', deps.keyring, CHANGING.keyring),
      sessions: watching('sessions', deps.sessions, CHANGING.sessions),
      confirmations: watching('confirmations', deps.confirmations, CHANGING.confirmations),
    }),
    seen: () => {
      const before = seen
      seen = []
      return before
    },
    actors: () => {
      const before = actors
      actors = []
      return before
    },
  }
}

const isInSomebodysName = (given: unknown): given is { readonly actor: string } =>
  typeof given === 'object' && given !== null && 'actor' in given && typeof given.actor === 'string'
