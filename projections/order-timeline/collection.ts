import type { CollectionSpec } from '#platform/readstore/port.ts'

export const ORDER_TIMELINE: CollectionSpec = { name: 'order-timeline@2', indexes: [] }
