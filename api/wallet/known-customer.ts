import { account } from '#domain/account/aggregate.ts'
import { cart } from '#domain/cart/aggregate.ts'
import { customer } from '#domain/customer/aggregate.ts'
import type { CustomerId } from '#domain/ids.ts'
import { orderSummaryQueries } from '#projections/order-summary/queries.ts'
import type { ApiDependencies } from '../dependencies.ts'

/**
 * Whether the shop has ever had to do with a customer: a wallet, information, a cart or an order of this id, or somebody
 * who is signed in with it. Ids are derived, so one that was mistyped is as good an id as any, and of nobody.
 */
export const knownCustomer =
  ({ commands, readStore, sessions }: Pick<ApiDependencies, 'commands' | 'readStore' | 'sessions'>) =>
  async (customerId: CustomerId): Promise<boolean> => {
    if ((await commands.state(account, customerId)).status !== 'none') return true
    if ((await commands.state(customer, customerId)).status !== 'none') return true
    if ((await commands.state(cart, customerId)).status !== 'none') return true
    const { total } = await orderSummaryQueries(readStore).ofCustomer({ customerId, page: 1, size: 1 })
    return total > 0 || (await sessions.isSignedIn(customerId))
  }
