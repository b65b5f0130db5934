import { cart } from '#domain/cart/aggregate.ts'
import { linesOf } from '#domain/cart/decider.ts'
import { OrderId } from '#domain/ids.ts'
import { orderSummaryQueries } from '#projections/order-summary/queries.ts'
import { orderTimelineQueries } from '#projections/order-timeline/queries.ts'
import { LARGEST_PAGE_SIZE, LAST_PAGE } from '#projections/page.ts'
import { walletQueries } from '#projections/wallet/queries.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { iso, orderView } from '../orders/order-view.ts'
import { recipients } from '../orders/recipient.ts'
import type { Customer } from '../plugins/session-cookies.ts'
import { MOST_MAILS } from '../routes/mailbox.ts'
import { ownProfiles } from './own-profile.ts'

/** One member of the file a person is given of everything that is theirs. */
export interface OwnDataPart {
  readonly name: string
  /** A list is written entry by entry, so that it may be long. */
  readonly entries: (customer: Customer) => AsyncIterable<unknown>
  /** The first entry alone instead of a list of all. */
  readonly isSingle?: boolean
}

/** Everything of one's own, in the order of the file. Whatever else the shop comes to keep of a person gets a line here. */
export const ownDataParts = (deps: ApiDependencies): readonly OwnDataPart[] => {
  const { commands, clock, readStore, mailbox } = deps
  const profiles = ownProfiles(deps)
  const summaries = orderSummaryQueries(readStore)
  const timelines = orderTimelineQueries(readStore)
  const recipientOf = recipients(deps)
  const wallets = walletQueries(readStore)

  async function* account({ customerId, email, roles, expiresAtMs }: Customer): AsyncGenerator<object> {
    yield { customerId, ...(email === undefined ? {} : { email }), roles, sessionEndsAt: iso(expiresAtMs) }
  }

  async function* profile({ customerId }: Customer): AsyncGenerator<object> {
    const { registered, profile } = await profiles.of(customerId)
    yield { registered, ...profile }
  }

  async function* carts({ customerId }: Customer): AsyncGenerator<object> {
    yield { items: linesOf(await commands.state(cart, customerId)) }
  }

  async function* orders({ customerId }: Customer): AsyncGenerator<object> {
    // An order that is placed meanwhile moves the others to the next page.
    const seen = new Set<string>()
    for (let page = 1; page <= LAST_PAGE; page += 1) {
      const { items, total } = await summaries.ofCustomer({ customerId, page, size: LARGEST_PAGE_SIZE })
      for (const order of items.filter(({ orderId }) => !seen.has(orderId))) {
        seen.add(order.orderId)
        const { serverTimeMs: _now, ...view } = orderView(
          { order, position: order.placedPosition },
          clock.nowMs(),
          { isStaff: false },
        )
        const recipient = await recipientOf(OrderId.parse(order.orderId), customerId)
        const entries = (await timelines.byId(order.orderId))?.body.entries ?? []
        const timeline = entries.map(({ at, staff: _staff, ...entry }) => ({ at: iso(at), ...entry }))
        yield { ...view, ...recipient, timeline }
      }
      if (page * LARGEST_PAGE_SIZE >= total) return
    }
  }

  async function* walletEntries({ customerId }: Customer): AsyncGenerator<object> {
    let after: number | undefined
    do {
      const { items, next } = await wallets.entries(customerId, { after, limit: LARGEST_PAGE_SIZE })
      for (const { kind, amount, balance, orderId, atMs } of items)
        yield { kind, amount, balance, ...(orderId === undefined ? {} : { orderId }), at: iso(atMs) }
      after = next
    } while (after !== undefined)
  }

  /** Where the shop has a mail server it keeps no mail. */
  async function* mails({ customerId }: Customer): AsyncGenerator<object> {
    for (const { mailId } of (await mailbox?.list(customerId, MOST_MAILS)) ?? []) {
      const mail = await mailbox?.get(customerId, mailId)
      if (mail === undefined) continue
      const { keptAtMs, html: _sameAsText, ...kept } = mail
      yield { ...kept, sentAt: iso(keptAtMs) }
    }
  }

  return [
    { name: 'account', entries: account, isSingle: true },
    { name: 'profile', entries: profile, isSingle: true },
    { name: 'cart', entries: carts, isSingle: true },
    { name: 'orders', entries: orders },
    { name: 'walletEntries', entries: walletEntries },
    { name: 'mails', entries: mails },
  ]
}
