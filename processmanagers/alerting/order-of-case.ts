import { OrderId } from '#domain/ids.ts'
import { FORGETTING } from '../forgetting/process-name.ts'
import { isSetAside } from './set-aside.ts'

const HEX_OF_ORDER = /^kessai_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_a\d+$/

/**
 * The order a case is about: the case itself, or the one that a parked key names, as an order, as an attempt, or with the
 * topic before it. Customers' ids look like orders' and are none.
 */
export const orderIdOf = (caseId: string): OrderId | undefined => {
  if (!isSetAside(caseId)) return parsed(caseId)
  const [, process, ...key] = caseId.split('/')
  return process === FORGETTING ? undefined : parsed(key.at(-1) ?? '')
}

const parsed = (key: string): OrderId | undefined =>
  OrderId.safeParse(HEX_OF_ORDER.exec(key)?.slice(1).join('-') ?? key).data
