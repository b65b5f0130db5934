import { PREFECTURES } from './prefectures.ts'

/** What the buyer fills in. Personal: it is never logged and never kept beyond this tab. */
export interface Buyer {
  readonly name: string
  readonly email: string
  readonly phone: string
  readonly postalCode: string
  readonly prefecture: string
  readonly city: string
  readonly addressLine1: string
  readonly addressLine2: string
}

export type BuyerField = keyof Buyer
/** A key of the words that say what is wrong. */
export type FieldProblem = 'missing' | 'tooLong' | 'email' | 'phone' | 'postalCode' | 'refused'
export type FieldProblems = Readonly<Partial<Record<BuyerField, FieldProblem>>>

export const EMPTY_BUYER: Buyer = {
  name: '',
  email: '',
  phone: '',
  postalCode: '',
  prefecture: '',
  city: '',
  addressLine1: '',
  addressLine2: '',
}

/** In the order of the page. */
export const BUYER_FIELDS: readonly BuyerField[] = [
  'name',
  'email',
  'phone',
  'postalCode',
  'prefecture',
  'city',
  'addressLine1',
  'addressLine2',
]
const REQUIRED: readonly BuyerField[] = ['name', 'email', 'postalCode', 'prefecture', 'city', 'addressLine1']
/** As `api/orders/order-request.ts` has them. */
export const LONGEST: Readonly<Record<BuyerField, number>> = {
  name: 80,
  email: 254,
  phone: 20,
  postalCode: 8,
  prefecture: 20,
  city: 60,
  addressLine1: 120,
  addressLine2: 120,
}

const EMAIL =
  /^[A-Za-z0-9_+](?:[A-Za-z0-9_'+-]|\.(?!\.))*(?<![.'])@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$/
const PHONE = /^\+?[0-9][0-9 ()-]{6,18}[0-9]$/
const POSTAL_CODE = /^\d{3}-?\d{4}$/

/** Digits and marks typed with a Japanese keyboard become plain ones; a postal code gets its hyphen. */
export const tidied = (buyer: Buyer): Buyer => {
  const plain = (text: string) =>
    text
      .normalize('NFKC')
      .replaceAll(/[\u2010-\u2015\u2212\u30fc]/g, '-')
      .trim()
  const postalCode = plain(buyer.postalCode).replace(/^〒\s*/, '')
  return {
    name: buyer.name.trim(),
    email: buyer.email.normalize('NFKC').trim(),
    phone: plain(buyer.phone),
    postalCode: postalCode.replace(/^(\d{3})[ -]?(\d{4})$/, '$1-$2'),
    prefecture: buyer.prefecture,
    city: buyer.city.trim(),
    addressLine1: buyer.addressLine1.trim(),
    addressLine2: buyer.addressLine2.trim(),
  }
}

/** What the shop would refuse, found before it is asked. Takes a tidied buyer. */
export const problemsOf = (buyer: Buyer): FieldProblems => {
  const problems: Partial<Record<BuyerField, FieldProblem>> = {}
  for (const field of BUYER_FIELDS) {
    const problem = problemOf(field, buyer[field])
    if (problem !== undefined) problems[field] = problem
  }
  return problems
}

const problemOf = (field: BuyerField, text: string): FieldProblem | undefined => {
  if (text === '') return REQUIRED.includes(field) ? 'missing' : undefined
  if (field === 'postalCode') return POSTAL_CODE.test(text) ? undefined : 'postalCode'
  if (field === 'phone') return PHONE.test(text) ? undefined : 'phone'
  if (field === 'prefecture') return PREFECTURES.some((known) => known === text) ? undefined : 'missing'
  if (text.length > LONGEST[field]) return 'tooLong'
  return field === 'email' && !EMAIL.test(text) ? 'email' : undefined
}

export const isRequired = (field: BuyerField): boolean => REQUIRED.includes(field)

/** The part of an order request that is about the buyer. */
export const recipientOf = ({ name, email, phone, addressLine2, ...address }: Buyer) => {
  const { postalCode, prefecture, city, addressLine1 } = address
  return {
    contact: { name, email, ...(phone === '' ? {} : { phone }) },
    delivery: {
      postalCode,
      prefecture,
      city,
      addressLine1,
      ...(addressLine2 === '' ? {} : { addressLine2 }),
    },
  }
}

/** Fills what is still empty from an earlier order; what was typed stays. */
export const prefilled = (
  buyer: Buyer,
  known: Readonly<Partial<Record<BuyerField, string | undefined>>>,
): Buyer => {
  const filled: Record<BuyerField, string> = { ...buyer }
  for (const field of BUYER_FIELDS) if (filled[field] === '') filled[field] = known[field] ?? ''
  return filled
}

/** Which fields the shop's objections (`contact.email`, `delivery.city` …) are about. */
export const refusedFields = (errors: readonly { readonly path: string }[]): FieldProblems =>
  Object.fromEntries(
    errors.flatMap(({ path }) => {
      const [, part, name] = /^(contact|delivery)\.(\w+)$/.exec(path) ?? []
      const field = BUYER_FIELDS.find((known) => known === name)
      return part === undefined || field === undefined ? [] : [[field, 'refused']]
    }),
  )

/** A buyer that was kept in this tab; undefined when it is not one. */
export const parsedBuyer = (text: string | null): Buyer | undefined => {
  if (text === null) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    const fields = new Map<string, unknown>(Object.entries(value))
    const known = BUYER_FIELDS.map((field) => [field, fields.get(field)] as const)
    return prefilled(
      EMPTY_BUYER,
      Object.fromEntries(known.map(([field, kept]) => [field, typeof kept === 'string' ? kept : ''])),
    )
  } catch {
    return undefined
  }
}
