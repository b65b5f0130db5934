import { z } from 'zod'
import type { Fields, SchemaSource } from './event-sentences.ts'

/** A schema as `z.toJSONSchema` tells it, as far as a table shows it. */
export interface Shape {
  readonly type?: string | undefined
  readonly const?: unknown
  readonly enum?: readonly unknown[] | undefined
  readonly format?: string | undefined
  readonly pattern?: string | undefined
  readonly default?: unknown
  readonly minimum?: number | undefined
  readonly exclusiveMinimum?: number | undefined
  readonly maximum?: number | undefined
  readonly minItems?: number | undefined
  readonly minLength?: number | undefined
  readonly properties?: Readonly<Record<string, Shape>> | undefined
  readonly required?: readonly string[] | undefined
  readonly items?: Shape | undefined
  readonly oneOf?: readonly Shape[] | undefined
}

const Shape: z.ZodType<Shape> = z.lazy(() =>
  z.object({
    type: z.string().optional(),
    const: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    format: z.string().optional(),
    pattern: z.string().optional(),
    default: z.unknown().optional(),
    minimum: z.number().optional(),
    exclusiveMinimum: z.number().optional(),
    maximum: z.number().optional(),
    minItems: z.number().optional(),
    minLength: z.number().optional(),
    properties: z.record(z.string(), Shape).optional(),
    required: z.array(z.string()).optional(),
    items: Shape.optional(),
    oneOf: z.array(Shape).optional(),
  }),
)

/** What stands in the log: a field with a default is always written. */
export const writtenShape = (schema: z.ZodType): Shape =>
  Shape.parse(z.toJSONSchema(schema, { io: 'output' }))

/** What a field is wherever it stands, unless its schema says more. */
const COMMON_MEANINGS: Readonly<Record<string, string>> = {
  orderId: 'The order.',
  customerId: 'The buyer.',
  productId: 'The product.',
  merchantPaymentId: 'The attempt, under the id the provider knows it by.',
  paymentId: 'The provider’s id of the payment.',
  attempt: 'Which attempt of the order, from 1.',
  amount: 'How much.',
  total: 'What the buyer owes, tax included.',
  lines: 'What was ordered.',
  taxes: 'The tax contained in the total, one amount per rate.',
  rounding: 'How the tax was rounded: down, once per rate.',
  paymentMethod: 'How the buyer pays.',
  method: 'How the buyer pays.',
  locale: 'The language the buyer was addressed in.',
  contact: 'How to reach the buyer, encrypted.',
  delivery: 'Where the goods go, encrypted.',
  quantity: 'Units.',
  taxRatePercent: 'The rate contained in the price.',
  ratePercent: 'The rate.',
  currency: 'ISO 4217.',
  category: 'The category it is shown in.',
  title: 'Its name.',
  description: 'Its description.',
  price: 'Tax included.',
  receiptId: 'Of the receipt; the same one again changes nothing.',
  adjustmentId: 'Of the correction; the same one again changes nothing.',
  reservationId: 'Of the reservation.',
  refundId: 'Of the refund, chosen by the shop before it asks.',
  returnId: 'Of these units of this refund, made from both ids: the same one again changes nothing.',
  merchantRefundId: 'Of the refund, as the provider has it.',
  observation: 'The answer.',
  source: 'Who brought the answer.',
  codeId: 'The provider’s id of the code.',
  url: 'What the code shown to the buyer holds.',
  deeplink: 'Opens the provider’s app.',
  code: 'The provider’s error code.',
  requestHash: 'Hash of the request.',
  key: 'The case: an order, a payment attempt, or a stream.',
  by: 'Who asked, or decided.',
  kind: 'Too late, a second one, or of another amount.',
  reason: 'Why.',
  because: 'Why another attempt was needed.',
  outcome: 'How the order ended.',
  status: 'The provider’s word for how it stands.',
  sourceAddress: 'Where it was posted from.',
  algorithm: 'AES-256 in Galois/Counter Mode.',
  ciphertext: 'Base64url.',
  tag: 'What proves it unchanged, base64url.',
  ja: 'Japanese.',
  en: 'English.',
  zh: 'Chinese.',
  error: 'Why, for staff: names fields, never what was in them.',
}

interface Row {
  readonly path: string
  readonly type: string
  readonly isAlways: boolean
  readonly notes: readonly string[]
}

/** Shapes that have a section of their own, as they are met. */
export type SharedShapes = Map<string, Shape>

/** A Markdown table of the fields of a shape; objects with a name of their own are linked, and added to `shared`. */
export const fieldTable = (
  shape: Shape,
  fields: Fields,
  schemas: ReadonlyMap<string, SchemaSource>,
  shared: SharedShapes,
): string => {
  const rows = rowsOf(shape, fields, schemas, shared, '')
  return [
    '| Field | Type | Always there | Meaning |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      ({ path, type, isAlways, notes }) =>
        `| \`${path}\` | ${type.replaceAll('|', '\\|')} | ${isAlways ? 'yes' : 'no'} | ${notes.join(' ').replaceAll('|', '\\|')} |`,
    ),
  ].join('\n')
}

const rowsOf = (
  { properties = {}, required = [] }: Shape,
  fields: Fields,
  schemas: ReadonlyMap<string, SchemaSource>,
  shared: SharedShapes,
  prefix: string,
): Row[] =>
  Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    const source = fields.get(name)
    const named = source?.names.find((candidate) => schemas.has(candidate))
    const declared = named === undefined ? undefined : schemas.get(named)
    const inner = field.type === 'array' ? (field.items ?? {}) : field
    const own =
      named !== undefined && inner.type === 'object' && (declared?.fields.size ?? 0) > 0 ? named : undefined
    if (own !== undefined) shared.set(own, inner)
    const row: Row = {
      path,
      type: typeOf(field, own),
      isAlways: required.includes(name),
      notes: [
        source?.note ?? COMMON_MEANINGS[name] ?? (own === undefined ? declared?.sentence : undefined),
        unitOf(name),
        defaultOf(field),
      ].filter((note) => note !== undefined),
    }
    if (own !== undefined) return [row]
    const below = field.type === 'array' ? `${path}[].` : `${path}.`
    return [
      row,
      ...rowsOf(inner, source?.fields ?? new Map(), schemas, shared, below),
      ...(inner.oneOf === undefined ? [] : rowsOfUnion(inner.oneOf, below)),
    ]
  })

/** The fields of a union whose alternatives are told apart by a constant. */
const rowsOfUnion = (alternatives: readonly Shape[], prefix: string): Row[] => {
  const signs = alternatives.map(({ properties = {} }) =>
    Object.entries(properties).find(([, field]) => field.const !== undefined),
  )
  const [name = ''] = signs.find((sign) => sign !== undefined) ?? []
  const rest = alternatives.flatMap(({ properties = {} }, index) =>
    Object.entries(properties)
      .filter(([field]) => field !== name)
      .map(([field, shape]) => ({
        path: `${prefix}${field}`,
        type: typeOf(shape, undefined),
        isAlways: false,
        notes: [`Where \`${name}\` is \`${String(signs[index]?.[1].const)}\`.`],
      })),
  )
  const type = signs.map((sign) => `\`${JSON.stringify(sign?.[1].const)}\``).join(', ')
  return [
    { path: `${prefix}${name}`, type, isAlways: true, notes: ['Tells the alternatives apart.'] },
    ...rest,
  ]
}

const anchorOf = (name: string): string => `#${name.toLowerCase()}`

const typeOf = (field: Shape, named: string | undefined): string => {
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``
  if (field.enum !== undefined) return field.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ')
  if (field.oneOf !== undefined) return 'object'
  if (field.type === 'array')
    return `list of ${typeOf(field.items ?? {}, named)}${field.minItems === undefined ? '' : `, at least ${field.minItems}`}`
  if (named !== undefined) return `[${named}](${anchorOf(named)})`
  if (field.format === 'uuid') return 'UUID'
  if (field.format === 'uri') return 'URL'
  if (field.pattern !== undefined) return `string like \`${field.pattern}\``
  if (field.type === 'string') return (field.minLength ?? 0) > 0 ? 'string, not empty' : 'string'
  return `${field.type ?? 'anything'}${boundsOf(field)}`
}

const boundsOf = ({ minimum, exclusiveMinimum, maximum }: Shape): string => {
  const least = exclusiveMinimum === undefined ? minimum : exclusiveMinimum + 1
  const hasLeast = least !== undefined && least > Number.MIN_SAFE_INTEGER
  const hasMost = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER
  if (hasLeast && hasMost) return `, ${least} to ${maximum}`
  return hasLeast ? `, at least ${least}` : ''
}

const unitOf = (name: string): string | undefined => {
  if (name.endsWith('AtMs')) return 'Milliseconds since 1970 (UTC).'
  if (name === 'atMs') return 'When it was decided, in milliseconds since 1970 (UTC).'
  if (name.endsWith('Minor')) return 'In minor units of the currency; yen have none, so whole yen.'
  return name.endsWith('Percent') ? 'In percent.' : undefined
}

const defaultOf = (field: Shape): string | undefined =>
  field.default === undefined
    ? undefined
    : `Read as \`${JSON.stringify(field.default)}\` where it is missing.`
