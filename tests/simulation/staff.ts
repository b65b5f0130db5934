import { z } from 'zod'
import { MerchantPaymentId, OrderId, RefundId } from '#domain/ids.ts'
import type { RequestOrderRefund } from '#domain/order/commands.ts'
import { ReturnedLine } from '#domain/order/events.ts'
import { Money, money } from '#domain/money/money.ts'
import type { RecordedEvent } from '#platform/eventstore/port.ts'
import type { Instance } from './instance.ts'
import type { Randomness } from './randomness.ts'
import type { Scheduler } from './scheduler.ts'
import type { Saw } from './sights.ts'
import type { Violation } from './violation.ts'

export interface StaffOptions {
  readonly scheduler: Scheduler
  readonly random: Randomness
  readonly anyInstance: () => Instance | undefined
  readonly found: (violation: Omit<Violation, 'atMs'>) => void
  readonly saw: Saw
  readonly trace: (what: string) => void
}

/** People in the back office who give money of paid orders back, and press a button again when nothing happens. */
export interface Staff {
  readonly see: (event: RecordedEvent) => void
}

const PATIENCE_MS = 10_000
const MOST_PRESSES = 20

type Manner = 'all' | 'a part' | 'in parts' | 'twice with one id' | 'twice with two ids' | 'too much'
const MANNERS: readonly [Manner, ...Manner[]] = [
  'all',
  'all',
  'a part',
  'in parts',
  'in parts',
  'twice with one id',
  'twice with two ids',
  'too much',
]

const Placed = z.object({ lines: z.array(ReturnedLine) })
const Paid = z.object({ merchantPaymentId: MerchantPaymentId, amount: Money })

/** A paid order as its file on the desk has it. */
interface Case extends z.infer<typeof Paid> {
  readonly orderId: OrderId
  readonly lines: readonly ReturnedLine[]
}

export const staff = (options: StaffOptions): Staff => {
  const { scheduler, random, anyInstance, found, saw, trace } = options
  const lines = new Map<string, readonly ReturnedLine[]>()
  /** By order: how many refunds anybody wanted, and how many there are. */
  const wanted = new Map<string, number>()
  const requested = new Map<string, number>()

  /** One wish of somebody: however often the button is pressed for it, it is one refund. */
  const wish = (
    { orderId, merchantPaymentId, lines: bought }: Case,
    amountMinor: number | undefined,
    returns: boolean,
  ): RequestOrderRefund => {
    const nth = (wanted.get(orderId) ?? 0) + 1
    wanted.set(orderId, nth)
    const returning = bought.map(({ productId, quantity }) => ({
      productId,
      quantity: random.between(1, quantity),
    }))
    return {
      type: 'RequestOrderRefund',
      refundId: RefundId.parse(`${merchantPaymentId}_s${nth}`),
      ...(amountMinor === undefined ? {} : { amount: money(amountMinor, 'JPY') }),
      reason: 'sent back',
      returning: returns ? returning : [],
      requestedBy: 'staff-1',
      atMs: 0,
    }
  }

  /** Presses until there is an answer, whichever it is. */
  const press = async (orderId: OrderId, command: RequestOrderRefund): Promise<void> => {
    for (let nth = 0; nth < MOST_PRESSES; nth += 1) {
      const instance = anyInstance()
      const answer =
        instance === undefined
          ? undefined
          : await Promise.race([
              instance.giveBack(orderId, command).catch(() => undefined),
              scheduler.sleep(PATIENCE_MS).then(() => undefined),
            ])
      if (answer !== undefined) {
        trace(`staff wants ${command.refundId}: ${answer}`)
        if (answer === 'refused') saw('staff: a refund is refused')
        return
      }
      await scheduler.sleep(random.between(500, 5_000))
    }
  }

  const work = async (one: Case): Promise<void> => {
    const { orderId } = one
    const totalMinor = one.amount.amountMinor
    const some = (): number => random.between(1, totalMinor)
    const manner = random.pick(MANNERS)
    trace(`staff will give ${orderId} back: ${manner}`)
    const ask = (amountMinor?: number, returns = random.chance(0.5)) =>
      press(orderId, wish(one, amountMinor, returns))
    switch (manner) {
      case 'all':
        return ask()
      case 'a part':
        return ask(some())
      case 'too much':
        await ask(totalMinor + 1)
        return ask(totalMinor)
      case 'in parts':
        for (let left = random.between(2, 4); left > 0; left -= 1) {
          await ask(left === 1 ? undefined : some(), random.chance(0.3))
          await scheduler.sleep(random.between(0, random.chance(0.5) ? 1_000 : 600_000))
        }
        return
      case 'twice with one id': {
        const command = wish(one, random.chance(0.5) ? undefined : Math.ceil(totalMinor / 3), true)
        saw('staff: twice at once with one id')
        await Promise.all([press(orderId, command), press(orderId, command)])
        return
      }
      case 'twice with two ids': {
        saw('staff: twice at once with two ids')
        const most = Math.ceil((totalMinor * 2) / 3)
        await Promise.all([ask(most), ask(most), ask(some())])
        return
      }
      default:
        manner satisfies never
    }
  }

  return {
    see: ({ stream, type, data }) => {
      if (!stream.startsWith('order-')) {
        if (type === 'StockReturned') saw('staff: units come back')
        return
      }
      const orderId = OrderId.parse(stream.slice('order-'.length))
      if (type === 'OrderPlaced') lines.set(orderId, Placed.parse(data).lines)
      if (type === 'OrderRefundRequested') {
        const nth = (requested.get(orderId) ?? 0) + 1
        requested.set(orderId, nth)
        if (nth > (wanted.get(orderId) ?? 0))
          found({ rule: 'I7', message: 'One wish of staff became two refunds', orderId, facts: { nth } })
      }
      if (type !== 'OrderPaid' || random.chance(0.4)) return
      const one = { orderId, lines: lines.get(orderId) ?? [], ...Paid.parse(data) }
      scheduler.after(random.between(0, random.chance(0.5) ? 60_000 : 1_800_000), () => {
        void work(one)
      })
    },
  }
}
