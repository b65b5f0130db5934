import { readFileSync } from 'node:fs'
import specs from '@asyncapi/specs'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { asyncApiDocument } from '#api/asyncapi.ts'
import { readConfig } from '#platform/config/config.ts'
import { PUBLICATIONS } from '#relay/publications.ts'
import { ASYNCAPI_FILE, asyncApiFile } from '../../scripts/asyncapi.ts'

const document: unknown = JSON.parse(JSON.stringify(asyncApiDocument(readConfig({}))))
const text = JSON.stringify(document)
const Part = z.record(z.string(), z.unknown())
const Message = z.object({ payload: Part })
const { components } = z
  .object({ components: z.object({ messages: z.record(z.string(), Message) }) })
  .parse(document)

const validator = (): Ajv => {
  const ajv = new Ajv({ strict: false })
  addFormats.default(ajv)
  return ajv
}

describe('docs/reference/asyncapi.json', () => {
  it('is what the code says (npm run docs:asyncapi)', async () => {
    expect(readFileSync(ASYNCAPI_FILE, 'utf8')).toBe(await asyncApiFile())
  })

  it('is a document of AsyncAPI 3, by the schema that its makers publish', () => {
    const validate = validator().compile(Part.parse(specs.schemasWithoutId['3.0.0']))
    expect(validate(document), JSON.stringify(validate.errors?.slice(0, 5))).toBe(true)
    const broken = { ...Part.parse(document), operations: { tell: { action: 'shout' } } }
    expect(validate(broken)).toBe(false)
  })

  it('points only at what is there', () => {
    const pointers = new Set([...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, pointer]) => pointer ?? ''))
    expect(pointers.size).toBeGreaterThan(10)
    for (const pointer of pointers)
      expect(
        pointer.split('/').reduce<unknown>((part, key) => Part.safeParse(part).data?.[key], document),
        pointer,
      ).toBeDefined()
  })

  it('tells of every message that is sent, and of the socket', () => {
    const sent = PUBLICATIONS.flatMap(({ bodies }) => Object.keys(bodies))
    expect(Object.keys(components.messages).toSorted()).toEqual(
      [...sent, 'OrderMessage', 'OrderQuestion', 'News', 'ChannelWord', 'MyQuestion'].toSorted(),
    )
    for (const address of [
      'alerts.order_payment_inconsistency.v1',
      'orders.events.v1',
      'payments.events.v1',
      '/ws/orders',
      '/ws/me',
    ])
      expect(text).toContain(`"address":"${address}"`)
  })

  it('has no field for anything of a person (I14)', () => {
    const fields = [...text.matchAll(/"(\w+)":\{"(?:type|\$ref|anyOf|allOf|description)"/g)].map(
      ([, name]) => name,
    )
    expect(fields).toContain('orderId')
    for (const personal of [
      'customerId',
      'email',
      'phone',
      'address',
      'contact',
      'delivery',
      'actor',
      'by',
      'note',
    ])
      expect(fields).not.toContain(personal)
  })
})

describe('docs/reference/integration-events.md', () => {
  const page = readFileSync('docs/reference/integration-events.md', 'utf8')
  const examples = [...page.matchAll(/#### (\w+)[\s\S]*?```json\n([\s\S]*?)```/g)].map(
    ([, type = '', json = '']) => [type, json] as const,
  )

  it('has an example of every message', () => {
    expect(examples.map(([type]) => type).toSorted()).toEqual(
      PUBLICATIONS.flatMap(({ bodies }) => Object.keys(bodies)).toSorted(),
    )
  })

  it.each(examples)('shows a %s as the document describes it', (type, json) => {
    const validate = validator().compile({
      ...components.messages[type]?.payload,
      additionalProperties: false,
    })
    expect(validate(JSON.parse(json)), JSON.stringify(validate.errors)).toBe(true)
    expect(validate({})).toBe(false)
  })
})
