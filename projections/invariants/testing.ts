import { z } from 'zod'
import type { Aggregate, DomainEvent } from '#domain/decider.ts'
import {
  CustomerId,
  merchantPaymentIdOf,
  OrderId,
  ProductId,
  RefundId,
  type MerchantPaymentId,
} from '#domain/ids.ts'
import { money, Money } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import type { OrderCommand } from '#domain/order/commands.ts'
import { payment } from '#domain/payment/aggregate.ts'
import type { PaymentCommand } from '#domain/payment/commands.ts'
import { stock } from '#domain/stock/aggregate.ts'
import type { StockCommand } from '#domain/stock/commands.ts'
import type { EventMetadata, EventStore, RecordedEvent } from '#platform/eventstore/port.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { checkoutPlan, type Ending } from '#processmanagers/checkout/plan.ts'
import { watch } from '#processmanagers/payment-confirmation/watch.ts'

/** How one order goes. `late` and `double` say that money comes after the end, or on the first of two codes. */
export interface OrderStory {
  readonly quantity: number
  readonly renews: boolean
  readonly orphansFirst: boolean
  readonly end: 'paid' | 'declined' | 'lapsed' | 'cancelled' | 'mismatched'
  readonly moneyComesLate: boolean
  /** What staff give back once it is paid: all of it, or a part that is refused at first, and then the rest. */
  readonly givesBack?: 'nothing' | 'everything' | 'in parts'
}

const PRODUCTS = ['kettle', 'rice-5kg'].map((id) => ProductId.parse(id))
const UNIT_PRICE = 1_000
const STARTS_AT_MS = 1_795_200_000_000
const CODE_LIFE_MS = 300_000

/**
 * The log of a small shop in which these orders are placed and go their ways at the same time; `turns` says whose next
 * step is taken. Everything is decided by the real deciders: an order may well fail for want of stock.
 */
export const shopLog = (
  stories: readonly OrderStory[],
  stockPerProduct: number,
  turns: readonly number[],
): RecordedEvent[] => {
  const shop = openShop(stockPerProduct)
  const going = stories.map((story, n) => journey(shop, n, story))
  for (let turn = 0; going.length > 0; turn += 1) {
    const at = (turns[turn % Math.max(turns.length, 1)] ?? 0) % going.length
    if (going[at]?.next().done === true) going.splice(at, 1)
  }
  return shop.log
}

/** Appends these events to a store that has none of them yet. */
export const retell = async (events: readonly RecordedEvent[], store: EventStore): Promise<void> => {
  for (const { stream, revision, id, type, data, metadata } of events)
    await store.append(
      stream,
      [{ id, type, data: z.looseObject({}).parse(data), metadata }],
      revision === 0 ? 'no-stream' : revision - 1,
    )
}

type Shop = ReturnType<typeof openShop>

const openShop = (stockPerProduct: number) => {
  const log: RecordedEvent[] = []
  const states = new Map<string, { readonly state: unknown; readonly revision: number }>()

  const run = <S, C, E extends DomainEvent, R>(
    { category, decider, codec }: Aggregate<S, C, E, R>,
    id: string,
    command: C,
    context: Omit<EventMetadata, 'schemaVersion'>,
  ): { readonly state: S; readonly events: readonly RecordedEvent[] } => {
    const stream = `${category}-${id}`
    const before = states.get(stream)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a stream belongs to one aggregate, by its category
    let state = before === undefined ? decider.initial : (before.state as S)
    const decision = decider.decide(state, command)
    if (decision.kind !== 'accepted') return { state, events: [] }
    let revision = before?.revision ?? -1
    const events = decision.events.map((event, index): RecordedEvent => {
      const { schemaVersion, data } = codec.encode(event)
      state = decider.evolve(state, event)
      revision += 1
      return {
        stream,
        revision,
        position: (log.length + index + 1) * 10,
        id: derivedId('event', stream, revision),
        type: event.type,
        data: JSON.parse(JSON.stringify(data)) as unknown,
        metadata: { ...context, schemaVersion },
        createdAtMs: nowMs(),
      }
    })
    states.set(stream, { state, revision })
    log.push(...events)
    return { state, events }
  }

  const nowMs = (): number => STARTS_AT_MS + log.length * 1_000
  for (const productId of PRODUCTS) {
    const commandId = derivedId('seed', productId)
    run(
      stock,
      productId,
      { type: 'ReceiveStock', productId, receiptId: 'r1', quantity: stockPerProduct, atMs: nowMs() },
      { commandId, correlationId: productId, causationId: commandId, actor: 'system:seed' },
    )
  }
  return { log, run, nowMs }
}

/** One order from its placement to where nothing is owed any more, a step at a time. */
function* journey(shop: Shop, n: number, story: OrderStory): Generator<void, void> {
  const { run, nowMs } = shop
  const orderId = OrderId.parse(derivedId('order', n))
  const total = money(UNIT_PRICE * story.quantity * PRODUCTS.length, 'JPY')
  let calls = 0
  const context = (actor: string, causationId: string) => {
    calls += 1
    const commandId = derivedId('command', n, calls)
    return { commandId, correlationId: orderId, causationId: causationId || commandId, actor }
  }
  const tell = (command: OrderCommand, causationId: string, actor = 'process:checkout') =>
    run(order, orderId, command, context(actor, causationId))
  const pay = (
    id: MerchantPaymentId,
    command: PaymentCommand,
    causationId = placedId,
    actor = 'process:checkout',
  ) => run(payment, id, command, context(actor, causationId))
  const hold = (productId: ProductId, command: StockCommand, causationId: string) =>
    run(stock, productId, command, context('process:checkout', causationId))
  const idOf = ({ events }: { readonly events: readonly RecordedEvent[] }): string =>
    events.at(-1)?.id ?? placedId

  let placedId = derivedId('request', n)
  placedId = idOf(
    tell(
      {
        type: 'PlaceOrder',
        orderId,
        customerId: CustomerId.parse('c1'),
        requestHash: 'h',
        lines: PRODUCTS.map((productId) => ({
          productId,
          title: productId,
          quantity: story.quantity,
          unitPrice: money(UNIT_PRICE, 'JPY'),
          taxRatePercent: 10,
        })),
        paymentMethod: 'PAYPAY',
        locale: 'ja',
        placedAtMs: nowMs(),
        paymentWindowMs: 86_400_000,
      },
      placedId,
      'customer:c1',
    ),
  )
  yield
  run(
    checkoutPlan,
    orderId,
    {
      type: 'StartCheckout',
      orderId,
      lines: PRODUCTS.map((productId) => ({ productId, quantity: story.quantity })),
      amount: total,
      windowEndsAtMs: nowMs() + 86_400_000,
      placedEventId: placedId,
      atMs: nowMs(),
    },
    context('process:checkout', placedId),
  )
  const steer = (command: Parameters<typeof checkoutPlan.decider.decide>[1], causationId = placedId) =>
    run(checkoutPlan, orderId, command, context('process:checkout', causationId))

  function* follow(outcome: Ending, causationId: string): Generator<void, void> {
    for (const productId of PRODUCTS) {
      yield
      const type = outcome === 'PAID' ? 'ConfirmReservation' : 'ReleaseReservation'
      hold(productId, { type, reservationId: orderId, atMs: nowMs() }, causationId)
    }
    steer({ type: 'EndCheckout', outcome, atMs: nowMs() }, causationId)
  }
  function* fail(reason: 'INVENTORY_SHORTAGE' | 'PAYMENT_FAILED' | 'PAYMENT_EXPIRED', causationId: string) {
    yield* follow('FAILED', idOf(tell({ type: 'FailOrder', reason, atMs: nowMs() }, causationId)))
  }

  for (const productId of PRODUCTS) {
    yield
    const { quantity } = story
    const held = hold(
      productId,
      { type: 'ReserveStock', reservationId: orderId, orderId, quantity, atMs: nowMs() },
      placedId,
    )
    if (held.events.length > 0) continue
    steer({ type: 'MeetShortage', productId, atMs: nowMs() })
    yield* fail('INVENTORY_SHORTAGE', placedId)
    return
  }

  function* open(attempt: number): Generator<void, MerchantPaymentId> {
    const id = merchantPaymentIdOf(orderId, attempt)
    const request = {
      merchantPaymentId: id,
      orderId,
      attempt,
      amount: total,
      windowEndsAtMs: nowMs() + 86_400_000,
      requestedAtMs: nowMs(),
    }
    const requestedId = idOf(pay(id, { type: 'RequestPayment', ...request }))
    yield
    run(
      watch,
      id,
      { type: 'OpenConfirmation', ...request, requestedEventId: requestedId, atMs: nowMs() },
      context('process:confirmation', requestedId),
    )
    return id
  }
  function* issue(id: MerchantPaymentId, attempt: number): Generator<void, void> {
    const codeExpiresAtMs = nowMs() + CODE_LIFE_MS
    pay(id, {
      type: 'IssueCode',
      codeId: `code-${attempt}`,
      url: 'https://qr.example/1',
      deeplink: 'paypay://1',
      expiresAtMs: codeExpiresAtMs,
      atMs: nowMs(),
    })
    yield
    tell({ type: 'AwaitPayment', merchantPaymentId: id, attempt, codeExpiresAtMs, atMs: nowMs() }, placedId)
  }

  let attempt = 1
  let id = yield* open(attempt)
  if (story.orphansFirst) {
    pay(id, { type: 'OrphanAttempt', reason: 'create-answer-lost', atMs: nowMs() })
    attempt += 1
    steer({ type: 'ChooseAttempt', attempt, because: 'orphaned', atMs: nowMs() })
    id = yield* open(attempt)
  }
  yield* issue(id, attempt)
  const first = id
  if (story.renews) {
    yield
    const renewal = tell(
      { type: 'RenewPayment', insteadOf: id, requestedAtMs: nowMs() },
      derivedId('request', n, 'renew'),
      'customer:c1',
    )
    attempt += 1
    steer({ type: 'ChooseAttempt', attempt, because: 'renewal', atMs: nowMs() }, idOf(renewal))
    pay(id, { type: 'RecordCodeDeleted', atMs: nowMs() })
    id = yield* open(attempt)
    yield* issue(id, attempt)
  }
  yield

  const observe = (of: MerchantPaymentId, status: string, amount?: Money) =>
    pay(
      of,
      {
        type: 'RecordPaymentObservation',
        observation: {
          status,
          ...(amount === undefined ? {} : { paymentId: `p-${of}`, amount }),
          refunds: [],
        },
        source: 'poll',
        atMs: nowMs(),
      },
      '',
      'provider:paypay',
    )
  /** The order judges a success, and what it cannot take goes back. */
  function* succeed(of: MerchantPaymentId, amount: Money): Generator<void, RecordedEvent | undefined> {
    const successId = idOf(observe(of, 'COMPLETED', amount))
    yield
    const judged = tell(
      {
        type: 'ConfirmPayment',
        merchantPaymentId: of,
        paymentId: `p-${of}`,
        amount,
        succeededAtMs: nowMs(),
        atMs: nowMs(),
      },
      successId,
    )
    const judgement = judged.events[0]
    if (judgement?.type !== 'SurplusPaymentRecorded') return judgement
    const refundId = `${of}_r1`
    yield
    pay(
      of,
      { type: 'RequestRefund', refundId, amount, reason: 'surplus', atMs: nowMs() },
      judgement.id,
      'process:remediation',
    )
    yield
    pay(of, { type: 'CompleteRefund', refundId, atMs: nowMs() }, judgement.id, 'process:remediation')
    return judgement
  }

  /** Staff give money back; with everything that was bought, when it is all that is left. */
  function* giveBack(name: string, amount: Money | undefined, end: 'completed' | 'rejected') {
    const refundId = RefundId.parse(`${id}_s${name}`)
    const returning =
      amount === undefined ? PRODUCTS.map((productId) => ({ productId, quantity: story.quantity })) : []
    const what = { refundId, ...(amount === undefined ? {} : { amount }), returning, reason: 'sent back' }
    const asked = tell(
      { type: 'RequestOrderRefund', ...what, requestedBy: 's1', atMs: nowMs() },
      derivedId('request', n, name),
      'staff:s1',
    ).events[0]
    if (asked === undefined) return
    const refunded = z.object({ amount: Money }).parse(asked.data).amount
    yield
    const requestedId = idOf(
      pay(
        id,
        { type: 'RequestRefund', refundId, amount: refunded, reason: 'staff', atMs: nowMs() },
        asked.id,
      ),
    )
    yield
    const code = 'REFUND_LIMIT_EXCEEDED'
    const isDone = end === 'completed'
    const endedId = idOf(
      isDone
        ? pay(id, { type: 'CompleteRefund', refundId, atMs: nowMs() }, requestedId)
        : pay(id, { type: 'RejectRefund', refundId, code, atMs: nowMs() }, requestedId),
    )
    yield
    const done = isDone
      ? tell({ type: 'CompleteOrderRefund', refundId, atMs: nowMs() }, endedId)
      : tell({ type: 'RejectOrderRefund', refundId, code, atMs: nowMs() }, endedId)
    if (isDone)
      for (const { productId, quantity } of returning) {
        yield
        const returnId = `${refundId}:${productId}`
        const back = { returnId, reservationId: orderId, orderId, quantity, atMs: nowMs() }
        hold(productId, { type: 'ReturnStock', ...back }, idOf(done))
      }
  }

  switch (story.end) {
    case 'paid': {
      const paid = yield* succeed(id, total)
      yield* follow('PAID', paid?.id ?? placedId)
      if (story.givesBack === 'in parts') {
        yield* giveBack('a', money(1, 'JPY'), 'completed')
        yield* giveBack('b', money(2, 'JPY'), 'rejected')
      }
      if (story.givesBack !== undefined && story.givesBack !== 'nothing')
        yield* giveBack('c', undefined, 'completed')
      break
    }
    case 'declined':
      yield* fail('PAYMENT_FAILED', idOf(observe(id, 'FAILED')))
      break
    case 'mismatched':
      yield* succeed(id, money(total.amountMinor - 1, 'JPY'))
      yield* fail('PAYMENT_EXPIRED', placedId)
      break
    case 'lapsed':
      pay(id, { type: 'LapseCode', atMs: nowMs() })
      yield* fail('PAYMENT_EXPIRED', placedId)
      break
    case 'cancelled': {
      const cancelled = tell(
        { type: 'CancelOrder', by: 'customer', atMs: nowMs() },
        derivedId('request', n, 'cancel'),
        'customer:c1',
      )
      yield* follow('CANCELLED', idOf(cancelled))
      pay(id, { type: 'RecordCodeDeleted', atMs: nowMs() })
      break
    }
  }
  if (story.moneyComesLate && story.end !== 'mismatched') yield* succeed(story.renews ? first : id, total)
  run(
    watch,
    id,
    { type: 'CloseConfirmation', reason: 'succeeded', atMs: nowMs() },
    context('process:confirmation', placedId),
  )
}
