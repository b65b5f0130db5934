import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { accountCodec } from './account/codec.ts'
import { alertCodec } from './alert/codec.ts'
import { cartCodec } from './cart/codec.ts'
import { productCodec } from './catalogue/codec.ts'
import type { EventCodec } from './codec.ts'
import { customerCodec } from './customer/codec.ts'
import type { DomainEvent } from './decider.ts'
import { deedCodec } from './deed/codec.ts'
import { notificationCodec } from './notification/codec.ts'
import { orderCodec } from './order/codec.ts'
import { paymentCodec } from './payment/codec.ts'
import { stockCodec } from './stock/codec.ts'

/** Events as they once stood in the log. A fixture is added for each new version and never changed afterwards. */
const Fixtures = z.array(
  z.strictObject({
    type: z.string(),
    schemaVersion: z.int().positive(),
    data: z.record(z.string(), z.unknown()),
  }),
)

const codecs: Record<string, EventCodec<DomainEvent>> = {
  account: loosely(accountCodec),
  alert: loosely(alertCodec),
  cart: loosely(cartCodec),
  catalogue: loosely(productCodec),
  customer: loosely(customerCodec),
  deed: loosely(deedCodec),
  notification: loosely(notificationCodec),
  order: loosely(orderCodec),
  payment: loosely(paymentCodec),
  stock: loosely(stockCodec),
}

/** A codec seen only from its reading side. */
function loosely<E extends DomainEvent>(codec: EventCodec<E>): EventCodec<DomainEvent> {
  return {
    types: codec.types,
    version: codec.version,
    schema: codec.schema,
    encode: (event) => codec.encode(codec.decode(event.type, codec.version(event.type), event.data)),
    decode: codec.decode,
  }
}

describe.each(Object.entries(codecs))('stored %s events', (context, codec) => {
  const fixtures = Fixtures.parse(
    JSON.parse(readFileSync(new URL(`${context}/fixtures.json`, import.meta.url), 'utf8')),
  )
  const versionsOf = (type: string) =>
    new Set(fixtures.filter((fixture) => fixture.type === type).map(({ schemaVersion }) => schemaVersion))

  it.each(codec.types)('of type %s have a fixture of every version', (type) => {
    const everyVersion = Array.from({ length: codec.version(type) }, (_, index) => index + 1)
    expect(versionsOf(type)).toStrictEqual(new Set(everyVersion))
  })

  it.each(fixtures)(
    'of type $type at version $schemaVersion still decode',
    ({ type, schemaVersion, data }) => {
      const event = codec.decode(type, schemaVersion, data)
      expect(event.type).toBe(type)
      expect(codec.encode(event)).toStrictEqual({ schemaVersion: codec.version(type), data: event.data })
    },
  )

  it.each(fixtures.filter(({ type, schemaVersion }) => schemaVersion === codec.version(type)))(
    'of type $type lose nothing in being read',
    ({ type, schemaVersion, data }) => {
      expect(codec.decode(type, schemaVersion, data)).toStrictEqual({ type, data })
    },
  )
})
