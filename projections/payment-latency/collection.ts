import type { CollectionSpec } from '#platform/readstore/port.ts'

export const PAYMENT_LATENCY: CollectionSpec = { name: 'payment-latency@1', indexes: [] }
