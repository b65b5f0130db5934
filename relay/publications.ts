import { alertPublication } from './alerts/publication.ts'
import { orderPublication } from './orders/publication.ts'
import type { Publication } from './publication.ts'
import { paymentPublication } from './payments/publication.ts'

/** Everything that other systems are told. */
export const PUBLICATIONS: readonly Publication[] = [orderPublication, paymentPublication, alertPublication]
