import type { Me } from '../api/types.ts'
import {
  type Buyer,
  BUYER_FIELDS,
  EMPTY_BUYER,
  LONGEST as LONGEST_OF_BUYER,
  problemsOf as problemsOfBuyer,
  tidied as tidiedBuyer,
} from '../checkout/buyer.ts'

export const GENDERS = ['female', 'male', 'other', 'not-said'] as const

/** What a person fills in about themselves. Personal: it is never logged and never kept in the browser. */
export interface Person extends Buyer {
  readonly kana: string
  /** `1990-02-28`, or nothing. */
  readonly birthDate: string
  readonly gender: string
}
export type PersonField = keyof Person
/** A key of the words that say what is wrong. */
export type PersonProblem =
  'missing' | 'tooLong' | 'email' | 'phone' | 'postalCode' | 'kana' | 'birthDate' | 'refused'
export type PersonProblems = Readonly<Partial<Record<PersonField, PersonProblem>>>

export const EMPTY_PERSON: Person = { ...EMPTY_BUYER, kana: '', birthDate: '', gender: '' }

/** In the order of the page. */
export const PERSON_FIELDS: readonly PersonField[] = [
  'name',
  'kana',
  'birthDate',
  'gender',
  'email',
  'phone',
  'postalCode',
  'prefecture',
  'city',
  'addressLine1',
  'addressLine2',
]
const ADDRESS = ['postalCode', 'prefecture', 'city', 'addressLine1', 'addressLine2'] as const
const isOfAddress = (field: PersonField): boolean => ADDRESS.some((known) => known === field)

export const LONGEST: Readonly<Record<PersonField, number>> = {
  ...LONGEST_OF_BUYER,
  kana: 80,
  birthDate: 10,
  gender: 10,
}

const KANA = /^[\p{Script=Hiragana}\p{Script=Katakana}ー・゛゜ ]+$/u
export const EARLIEST_BIRTH = '1900-01-01'

type Profile = NonNullable<Me['profile']>

/** The form as it is for somebody of whom this is known. */
export const personOf = (profile: Profile | undefined, email?: string): Person => {
  if (profile === undefined) return { ...EMPTY_PERSON, email: email ?? '' }
  const { address, ...texts } = profile
  return { ...EMPTY_PERSON, ...texts, ...address }
}

/** Widths, hyphens and spaces as the shop keeps them, so that the person sees what is recorded. */
export const tidied = (person: Person): Person => ({
  ...person,
  ...tidiedBuyer(person),
  kana: person.kana.normalize('NFKC').trim().replaceAll(/\s+/gu, ' '),
})

/** What the shop would refuse, found before it is asked. Takes a tidied form; `today` as `2026-11-21`. */
export const problemsOf = (person: Person, today: string): PersonProblems => {
  const hasAddress = ADDRESS.some((field) => person[field] !== '')
  const problems: Partial<Record<PersonField, PersonProblem>> = {}
  const ofBuyer = problemsOfBuyer(person)
  for (const field of BUYER_FIELDS) {
    const problem = ofBuyer[field]
    const mayBeEmpty = field === 'email' || (isOfAddress(field) && !hasAddress)
    if (problem !== undefined && !(problem === 'missing' && mayBeEmpty)) problems[field] = problem
  }
  if (person.kana !== '' && !KANA.test(person.kana)) problems.kana = 'kana'
  else if (person.kana.length > LONGEST.kana) problems.kana = 'tooLong'
  if (person.birthDate !== '' && (person.birthDate < EARLIEST_BIRTH || person.birthDate > today))
    problems.birthDate = 'birthDate'
  return problems
}

/** A name is needed, and an address is given whole or not at all. */
export const isOptional = (field: PersonField): boolean => field !== 'name'

/** The form as the shop takes it. */
export const profileOf = (person: Person) => {
  const { name, kana, birthDate, gender, email, phone } = person
  const { postalCode, prefecture, city, addressLine1, addressLine2 } = person
  const given = Object.entries({ kana, birthDate, email, phone }).filter(([, text]) => text !== '')
  const known = GENDERS.find((each) => each === gender)
  return {
    name,
    ...Object.fromEntries(given),
    ...(known === undefined ? {} : { gender: known }),
    ...(postalCode === ''
      ? {}
      : {
          address: {
            postalCode,
            prefecture,
            city,
            addressLine1,
            ...(addressLine2 === '' ? {} : { addressLine2 }),
          },
        }),
  }
}

/** Which fields the shop's objections (`kana`, `address.city` …) are about. */
export const refusedFields = (errors: readonly { readonly path: string }[]): PersonProblems =>
  Object.fromEntries(
    errors.flatMap(({ path }) => {
      const field = PERSON_FIELDS.find((known) => known === path.replace(/^address\./, ''))
      return field === undefined ? [] : [[field, 'refused']]
    }),
  )
