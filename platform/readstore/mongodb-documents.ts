import type { Document, Filter, Sort } from 'mongodb'
import { bodyPath, isOneOfSeveral, MOST_TEXTS } from './bounds.ts'
import type { CollectionSpec, Query, StoredDocument } from './port.ts'

/** The fences something was written under: the highest position of each. */
export type Marks = Readonly<Record<string, number>>

/** A document of the port as MongoDB holds it. */
export interface Kept {
  readonly _id: string
  readonly position: number
  readonly body: object
  readonly fences?: Marks
}

const field = (path: string): string => `body.${bodyPath(path)}`

/** @throws RangeError on what is no path. */
export const filterOf = ({ where = {}, between = {} }: Query): Filter<Kept> => {
  const equal = Object.entries(where).map(([path, wanted]): [string, object] => [
    field(path),
    isOneOfSeveral(wanted) ? { $in: [...wanted] } : { $eq: wanted },
  ])
  const stretches = Object.entries(between).map(([path, { above, upTo }]): [string, object] => [
    field(path),
    { $gt: above, $lte: upTo },
  ])
  const filter = new Map<string, object>(equal)
  for (const [path, stretch] of stretches) filter.set(path, { ...filter.get(path), ...stretch })
  return Object.fromEntries(filter)
}

/** Every text is at least the empty one, and nothing else is compared with it. @throws RangeError on what is no path. */
export const textCountsOf = (query: Pick<Query, 'where'>, path: string): Document[] => [
  { $match: filterOf(query) },
  { $match: { [field(path)]: { $gte: '' } } },
  { $group: { _id: `$${field(path)}`, total: { $sum: 1 } } },
  { $sort: { _id: 1 } },
  { $limit: MOST_TEXTS },
]

/** @throws RangeError on what is no path. */
export const sortOf = ({ sort }: Query): Sort => {
  const direction = sort?.direction === 'desc' ? -1 : 1
  return sort === undefined ? { _id: 1 } : { [field(sort.by)]: direction, _id: direction }
}

/** The id is the last key, because every query sorts by it in the end. */
export const indexesOf = (
  spec: CollectionSpec,
): { readonly name: string; readonly key: Record<string, 1> }[] =>
  spec.indexes.map((paths) => ({
    name: paths.join(' '),
    key: Object.fromEntries([...paths.map(field), '_id'].map((key) => [key, 1])),
  }))

/** What the server checks on each write: the schema is of the body, and the rest is ours. */
export const validatorOf = (schema: Readonly<Record<string, unknown>>): object => ({
  $jsonSchema: { bsonType: 'object', required: ['position', 'body'], properties: { body: schema } },
})

export const documentOf = <D extends object>({ _id, position, body }: Kept): StoredDocument<D> => ({
  id: _id,
  position,
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only this store writes the field, from a body of the caller's type
  body: body as D,
})

/** Exactly what JSON keeps, as in the other engine: BSON would also store dates, and null for what is undefined. */
export const jsonOf = (body: object): object => {
  const plain: unknown = JSON.parse(JSON.stringify(body))
  if (typeof plain !== 'object' || plain === null) throw new TypeError('A body that is no object in JSON')
  return plain
}
