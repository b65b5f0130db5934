import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { providerStanding } from './alerting/credentials.ts'
import { checkoutPlan } from './checkout/plan.ts'
import { correspondence } from './mailing/correspondence.ts'
import { parking } from './parking/parking.ts'
import { watch } from './payment-confirmation/watch.ts'

/** Events as they once stood in the log. A fixture is added for each new version and never changed afterwards. */
const fixtures = z
  .array(
    z.strictObject({
      type: z.string(),
      schemaVersion: z.int().positive(),
      data: z.record(z.string(), z.unknown()),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('fixtures.json', import.meta.url), 'utf8')))

describe.each([
  ['checkout', checkoutPlan.codec],
  ['confirmation', watch.codec],
  ['mail', correspondence.codec],
  ['parked', parking.codec],
  ['provider', providerStanding.codec],
])('stored %s events', (_category, codec) => {
  it.each(codec.types)('of type %s still decode, in every version', (type) => {
    const stored = fixtures.filter((fixture) => fixture.type === type)
    const everyVersion = Array.from({ length: codec.version(type) }, (_, index) => index + 1)
    expect(new Set(stored.map(({ schemaVersion }) => schemaVersion))).toEqual(new Set(everyVersion))
    for (const { schemaVersion, data } of stored) {
      const event = codec.decode(type, schemaVersion, data)
      if (schemaVersion === codec.version(type)) expect(event).toStrictEqual({ type, data })
    }
  })
})
