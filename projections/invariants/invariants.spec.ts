import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { cart } from '#domain/cart/aggregate.ts'
import { Money } from '#domain/money/money.ts'
import { placed } from '#domain/order/samples.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import { checkoutPlan } from '#processmanagers/checkout/plan.ts'
import { watch } from '#processmanagers/payment-confirmation/watch.ts'
import { logOf } from '../given.ts'
import { alerted } from './alerted.ts'
import { inOrder } from './expect-rule.ts'
import { invariants } from './invariants.ts'
import type { Finding } from './rule.ts'
import { shopLog, type OrderStory } from './testing.ts'

const READERS = [cart.codec, checkoutPlan.codec, watch.codec]

const findingsIn = (log: readonly RecordedEvent[]) => {
  const rules = invariants(READERS)
  const found = log.flatMap((recorded) => [...rules.see(recorded)])
  return { found, open: [...rules.open()], checked: rules.checked() }
}
const everythingWrongWith = (log: readonly RecordedEvent[]): Finding[] => {
  const { found, open } = findingsIn(log)
  return [...found, ...open]
}

const story: fc.Arbitrary<OrderStory> = fc.record({
  quantity: fc.integer({ min: 1, max: 3 }),
  renews: fc.boolean(),
  orphansFirst: fc.boolean(),
  end: fc.constantFrom('paid', 'paid', 'declined', 'lapsed', 'cancelled', 'mismatched'),
  moneyComesLate: fc.boolean(),
  givesBack: fc.constantFrom('nothing', 'everything', 'in parts'),
})
const shop = fc.record({
  stories: fc.array(story, { minLength: 1, maxLength: 3 }),
  stock: fc.integer({ min: 3, max: 9 }),
  turns: fc.array(fc.nat(100), { minLength: 1, maxLength: 30 }),
})
type Shop = typeof shop extends fc.Arbitrary<infer T> ? T : never
const healthyLog = ({ stories, stock, turns }: Shop) => alerted(shopLog(stories, stock, turns))

type Place = readonly [index: number, recorded: RecordedEvent]

/** A fault that a log may have: the places where it can be, and the log with the fault at one of them. */
interface Fault {
  readonly canBeAt: (place: Place, log: readonly RecordedEvent[]) => boolean
  readonly put: (place: Place, log: readonly RecordedEvent[]) => RecordedEvent[]
}

const ofTypes =
  (...types: readonly string[]) =>
  ([, { type }]: Place): boolean =>
    types.includes(type)
const isLastOfItsStream = ([index, { stream }]: Place, log: readonly RecordedEvent[]): boolean =>
  !log.slice(index + 1).some((later) => later.stream === stream)
const replaced = (log: readonly RecordedEvent[], index: number, event: RecordedEvent): RecordedEvent[] =>
  log.with(index, event)

/** The data with another amount, or another total, whichever it has. */
const withMoney = (data: unknown, change: (amount: Money) => Money): object => {
  const { amount, total, ...rest } = z
    .looseObject({ amount: Money.optional(), total: Money.optional() })
    .parse(data)
  return {
    ...rest,
    ...(amount === undefined ? {} : { amount: change(amount) }),
    ...(total === undefined ? {} : { total: change(total) }),
  }
}
/** The event written once more, at the end of its stream and of the log, as by somebody who forgot having done it. */
const again = ([, recorded]: Place, log: readonly RecordedEvent[]): RecordedEvent[] => [
  ...log,
  {
    ...recorded,
    revision: log.filter(({ stream }) => stream === recorded.stream).length,
    position: (log.at(-1)?.position ?? 0) + 10,
    id: `again-${recorded.id}`,
  },
]

const MONEY = ['OrderPlaced', 'OrderPaid', 'SurplusPaymentRecorded', 'PaymentRequested', 'PaymentSucceeded']
const OWED = [
  'OrderPaid',
  'OrderFailed',
  'OrderCancelled',
  'PaymentSucceeded',
  'SurplusPaymentRecorded',
  'RefundRequested',
  'RefundCompleted',
  'CheckoutEnded',
  'StockReservationConfirmed',
  'StockReservationReleased',
  'OrderRefundRequested',
  'OrderPartlyRefunded',
  'OrderRefunded',
  'OrderRefundRejected',
  'StockReturned',
]

const faults: Readonly<Record<string, Fault>> = {
  'an event dropped from within a stream': {
    canBeAt: (place, log) => !isLastOfItsStream(place, log),
    put: ([index], log) => log.toSpliced(index, 1),
  },
  'the end of a stream lost': {
    canBeAt: (place, log) => isLastOfItsStream(place, log) && ofTypes(...OWED)(place),
    put: ([index], log) => log.toSpliced(index, 1),
  },
  'an event delivered twice': {
    canBeAt: () => true,
    put: ([index, recorded], log) => log.toSpliced(index, 0, recorded),
  },
  'an event written twice': {
    canBeAt: ofTypes(
      ...OWED,
      'OrderPlaced',
      'StockReserved',
      'PaymentRequested',
      'PaymentCodeIssued',
      'PaymentOrphaned',
    ),
    put: again,
  },
  'a reservation ended twice': {
    canBeAt: ofTypes('StockReservationConfirmed', 'StockReservationReleased'),
    put: again,
  },
  'two events of a stream in each other’s place': {
    canBeAt: (place, log) => !isLastOfItsStream(place, log),
    put: ([index, recorded], log) => {
      const next = log.findIndex(({ stream }, at) => at > index && stream === recorded.stream)
      const other = log[next]
      if (other === undefined) throw new Error('There is no next event')
      return log
        .with(index, { ...other, position: recorded.position })
        .with(next, { ...recorded, position: other.position })
    },
  },
  'an effect before its cause': {
    canBeAt: ([, { metadata }], log) => log.some(({ id }) => id === metadata.causationId),
    put: ([index, recorded], log) => {
      const cause = log.findIndex(({ id }) => id === recorded.metadata.causationId)
      return log.toSpliced(index, 1).toSpliced(cause, 0, recorded)
    },
  },
  'an amount changed': {
    canBeAt: ofTypes(...MONEY, 'RefundRequested', 'OrderPartlyRefunded', 'OrderRefunded'),
    put: ([index, recorded], log) =>
      replaced(log, index, {
        ...recorded,
        data: withMoney(recorded.data, ({ amountMinor, currency }) => ({
          amountMinor: amountMinor + 1,
          currency,
        })),
      }),
  },
  'a currency changed': {
    canBeAt: ofTypes(...MONEY, 'RefundRequested', 'OrderPartlyRefunded', 'OrderRefunded'),
    put: ([index, recorded], log) =>
      replaced(log, index, {
        ...recorded,
        data: withMoney(recorded.data, ({ amountMinor }) => ({ amountMinor, currency: 'USD' })),
      }),
  },
  'a quantity changed': {
    canBeAt: ofTypes(
      'StockReserved',
      'StockReservationConfirmed',
      'StockReservationReleased',
      'StockReturned',
    ),
    put: ([index, recorded], log) =>
      replaced(log, index, {
        ...recorded,
        data: { ...z.looseObject({ quantity: z.int() }).parse(recorded.data), quantity: 99 },
      }),
  },
  'a success orphaned': {
    canBeAt: ofTypes('PaymentSucceeded'),
    put: ([index, recorded], log) => {
      const metadata = { ...recorded.metadata, correlationId: '6f2a1d7c-3b54-4c1e-9a0d-5e8b7c6d4f10' }
      return replaced(log, index, { ...recorded, metadata })
    },
  },
  'an event id used again': {
    canBeAt: ([index]) => index > 0,
    put: ([index, recorded], log) =>
      replaced(log, index, { ...recorded, id: log[Math.floor(index / 2)]?.id ?? '' }),
  },
  'an event nobody can read': {
    canBeAt: () => true,
    put: ([index, recorded], log) => replaced(log, index, { ...recorded, data: 'garbled' }),
  },
}

describe('a healthy log', () => {
  it('breaks no rule at any moment, and nothing is owed at its end', () => {
    fc.assert(
      fc.property(shop, (shop) => {
        expect(everythingWrongWith(healthyLog(shop))).toStrictEqual([])
      }),
      { numRuns: 100 },
    )
  })

  it('may be looked at in the middle: what is under way is owed, and no violation', () => {
    fc.assert(
      fc.property(shop, fc.nat(), (shop, to) => {
        const log = healthyLog(shop)
        expect(findingsIn(log.slice(0, to % (log.length + 1))).found).toStrictEqual([])
      }),
      { numRuns: 100 },
    )
  })

  it('has all that is worth looking at', () => {
    const types = new Set<string>()
    fc.assert(
      fc.property(shop, (shop) => {
        for (const { type } of healthyLog(shop)) types.add(type)
      }),
      { numRuns: 100, seed: 7 },
    )
    for (const type of [
      ...OWED,
      ...MONEY,
      'PaymentOrphaned',
      'PaymentRenewalRequested',
      'CheckoutShortageMet',
    ])
      expect(types).toContain(type)
  })
})

describe('a log with a fault', () => {
  it.each(Object.entries(faults))('is found out: %s', (_, { canBeAt, put }) => {
    let tried = 0
    fc.assert(
      fc.property(shop, fc.nat(), (shop, at) => {
        const log = healthyLog(shop)
        const places = [...log.entries()].filter((place) => canBeAt(place, log))
        const place = places[at % Math.max(places.length, 1)]
        if (place === undefined) return
        tried += 1
        expect(everythingWrongWith(put(place, log))).not.toStrictEqual([])
      }),
      { numRuns: 40 },
    )
    expect(tried).toBeGreaterThan(10)
  })
})

describe('an event that cannot be read', () => {
  const unreadable = (recorded: Partial<RecordedEvent>) => {
    const [event] = logOf([inOrder(placed)])
    if (event === undefined) throw new Error('The log is empty')
    return findingsIn([{ ...event, metadata: { ...event.metadata, causationId: 'command-0' }, ...recorded }])
  }

  it('is a finding, says where it is wrong, and repeats none of its data', () => {
    const data = { orderId: 'Yamada', lines: [] }
    const { found } = unreadable({ data })
    expect(found).toMatchObject([
      { rule: 'schema', message: 'An event cannot be read', stream: expect.stringContaining('order-') },
    ])
    expect(found[0]?.facts['error']).toContain('orderId')
    expect(JSON.stringify(found)).not.toContain('Yamada')
  })

  it('is one of the future, or one nobody knows, or one in the wrong place', () => {
    const metadata = {
      correlationId: '',
      causationId: 'c',
      commandId: 'c',
      actor: 'system',
      schemaVersion: 99,
    }
    expect(unreadable({ metadata }).found).toMatchObject([{ rule: 'schema' }])
    expect(unreadable({ type: 'Unheard' }).found).toMatchObject([{ rule: 'schema' }, { rule: 'I5' }])
    expect(unreadable({ stream: 'cart-c1' }).found).toMatchObject([{ rule: 'schema' }])
  })

  it('does not keep the others from being checked', () => {
    expect(unreadable({ data: 'garbled' }).checked.get('I8')).toStrictEqual({ streams: 1, events: 1 })
  })
})
