import { bsonSchemaOf } from '#platform/readstore/bson-schema.ts'
import type { CollectionSpec } from '#platform/readstore/port.ts'
import { OrderAudit } from './document.ts'

/** On MongoDB the server checks every write against the schema too; elsewhere the fold is the only one that does. */
export const ORDER_AUDIT: CollectionSpec = {
  name: 'order-audit@1',
  indexes: [['currentStatus', 'updatedAt'], ['updatedAt']],
  schema: bsonSchemaOf(OrderAudit),
}
