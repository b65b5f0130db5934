import type { z } from 'zod'
import type { DomainEvent } from './event.ts'

/**
 * How one event type is written in the log. `version` is the version written today; `upcast[n]` lifts the data of
 * version n to n + 1, so that every version ever written still decodes. An event never changes its meaning.
 */
export interface EventFormat<D extends object> {
  readonly version: number
  readonly data: z.ZodType<D>
  readonly upcast?: Readonly<Record<number, (data: unknown) => unknown>>
}

/** What the event store edge needs to know of a context's events; `main.ts` registers one per context. */
export interface EventCodec<E extends DomainEvent> {
  readonly types: readonly string[]
  /** The schema version written for this type today. */
  readonly version: (type: string) => number
  /** The shape of this type's data in the version written today. */
  readonly schema: (type: string) => z.ZodType<object>
  /** Checks data on its way into the log: a codec that refuses here is a bug, not a refusal. */
  readonly encode: (event: E) => { readonly schemaVersion: number; readonly data: object }
  /** Lifts and checks data read from the log. Throws on an unknown type, a version from the future or a bad shape. */
  readonly decode: (type: string, schemaVersion: number, data: unknown) => E
}

type Formats<E extends DomainEvent> = {
  readonly [T in E['type']]: EventFormat<Extract<E, { type: T }>['data']>
}

/** Builds the codec of one context from the formats of its events. */
export const defineCodec = <E extends DomainEvent>(formats: Formats<E>): EventCodec<E> => {
  const table = new Map<string, EventFormat<object>>(Object.entries(formats))
  const formatOf = (type: string): EventFormat<object> => {
    const format = table.get(type)
    if (format === undefined) throw new Error(`No format is registered for event type ${type}`)
    return format
  }
  return {
    types: [...table.keys()],
    version: (type) => formatOf(type).version,
    schema: (type) => formatOf(type).data,
    encode: (event) => {
      const format = formatOf(event.type)
      return { schemaVersion: format.version, data: format.data.parse(event.data) }
    },
    decode: (type, schemaVersion, data) => {
      const format = formatOf(type)
      if (schemaVersion > format.version)
        throw new Error(
          `${type} has schema version ${schemaVersion}; this build knows up to ${format.version}`,
        )
      let lifted = data
      for (let version = schemaVersion; version < format.version; version += 1) {
        const upcast = format.upcast?.[version]
        if (upcast === undefined) throw new Error(`${type} has no upcaster from version ${version}`)
        lifted = upcast(lifted)
      }
      // The format was looked up by this type and parsed this data, which is what makes the pair an E.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a table by type loses what ties the two together
      return { type, data: format.data.parse(lifted) } as E
    },
  }
}
