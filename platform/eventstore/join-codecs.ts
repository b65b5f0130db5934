import type { EventCodec } from '#domain/codec.ts'
import type { DomainEvent } from '#domain/decider.ts'

/** One codec for whoever reads several contexts; the contexts' event types must not overlap. */
export const joinCodecs = <const Es extends readonly DomainEvent[]>(
  ...codecs: { readonly [K in keyof Es]: EventCodec<Es[K]> }
): EventCodec<Es[number]> => {
  const byType = new Map<string, EventCodec<Es[number]>>()
  for (const codec of codecs)
    for (const type of codec.types) {
      if (byType.has(type)) throw new Error(`Event type ${type} belongs to two codecs`)
      // A codec is only ever asked about its own types, which is what makes it one of the wider kind.
      byType.set(type, codec)
    }
  const codecOf = (type: string): EventCodec<Es[number]> => {
    const codec = byType.get(type)
    if (codec === undefined) throw new Error(`No codec is registered for event type ${type}`)
    return codec
  }
  return {
    types: [...byType.keys()],
    version: (type) => codecOf(type).version(type),
    schema: (type) => codecOf(type).schema(type),
    encode: (event) => codecOf(event.type).encode(event),
    decode: (type, schemaVersion, data) => codecOf(type).decode(type, schemaVersion, data),
  }
}
