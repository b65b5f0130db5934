import { describe, expect, it } from 'vitest'
import { RefundId, type OrderId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { TOO_OLD_MS, TRIED_FOR_MS } from './mailing.ts'
import { mailIdOf } from './owed.ts'
import { mailingBench } from './testing.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const refundId = (name: string) => RefundId.parse(`refund_${name}`)

describe('the mails of an order', () => {
  it('tell in the buyer’s language that it was received, paid, and refunded in parts and in full', async () => {
    await using bench = await mailingBench()
    await bench.start()
    const orderId = await bench.place({ locale: 'en' })
    await bench.settle()
    await bench.pay(orderId)
    await bench.settle()
    await bench.refund(orderId, refundId('one'), money(760, 'JPY'))
    await bench.settle()
    await bench.refund(orderId, refundId('two'), money(18_000, 'JPY'))
    await bench.settle()
    const mails = await bench.kept()
    expect(mails.map(({ subject }) => subject)).toEqual([
      `We have received your order ${orderId}`,
      `Your order ${orderId} is paid: your receipt`,
      `Money is back for your order ${orderId}`,
      `Money is back for your order ${orderId}`,
    ])
    expect(mails.map(({ to, language }) => `${to} ${language}`)).toEqual(
      mails.map(() => 'hanako@example.com en'),
    )
    const [, , part, rest] = mails
    expect(part?.text).toContain('¥760')
    expect(part?.text).toContain('The rest of your order stands')
    expect(rest?.text).toContain('¥18,000')
    expect(rest?.text).toContain('all you paid for this order is back')
    expect(bench.recorded(orderId)).toEqual([
      'MailSent received',
      'MailSent paid',
      'MailSent partly-refunded',
      'MailSent refunded',
    ])
  })

  it('tell that it failed or was cancelled, and that money which came too late is back', async () => {
    await using bench = await mailingBench()
    await bench.start()
    const short = await bench.place()
    await bench.tell(short, { type: 'FailOrder', reason: 'INVENTORY_SHORTAGE', atMs: bench.clock.nowMs() })
    const late = await bench.place()
    await bench.awaitPayment(late)
    await bench.tell(late, { type: 'CancelOrder', by: 'customer', atMs: bench.clock.nowMs() })
    await bench.payTooLate(late)
    await bench.settle()
    expect(bench.recorded(short)).toEqual(['MailSent received', 'MailSent failed'])
    expect(bench.recorded(late)).toEqual(['MailSent received', 'MailSent cancelled'])
    await bench.giveSurplusBack(late, 'a-refund-of-something-else')
    await bench.settle()
    expect(bench.recorded(late)).toHaveLength(2)
    await bench.giveSurplusBack(late)
    await bench.settle()
    expect(bench.recorded(late).slice(2)).toEqual(['MailSent surplus-refunded'])
    expect((await bench.kept()).at(-1)?.text).toContain('ご注文の終了後にお支払いがありました')
  })

  it('do not tell of a refund twice when the provider’s word and the order’s are two events', async () => {
    await using bench = await mailingBench()
    await bench.start()
    const orderId = await bench.place()
    await bench.pay(orderId)
    await bench.giveSurplusBack(orderId, 'staff-refund')
    await bench.refund(orderId, refundId('all'), money(18_760, 'JPY'))
    await bench.settle()
    expect(bench.recorded(orderId)).toEqual(['MailSent received', 'MailSent paid', 'MailSent refunded'])
  })

  it('hold nothing personal in the log', async () => {
    await using bench = await mailingBench()
    await bench.start()
    const orderId = await bench.place({}, { name: '日々 花子', email: 'hanako@example.com' })
    await bench.pay(orderId)
    await bench.settle()
    const written = JSON.stringify(bench.log.events)
    expect(bench.recorded(orderId)).toHaveLength(2)
    for (const personal of ['hanako@example.com', '花子']) expect(written).not.toContain(personal)
  })
})

describe('whom it writes to', () => {
  it('is nobody where the order carries no address', async () => {
    await using bench = await mailingBench()
    await bench.start()
    const without = await bench.place({}, { name: '日々 花子' })
    const none = await bench.place({}, 'none')
    await bench.settle()
    for (const orderId of [without, none]) {
      expect(bench.recorded(orderId)).toEqual(['MailUndeliverable received'])
      const [event] = bench.log.events.filter(({ stream }) => stream === `mail-${orderId}`)
      expect(event?.data).toMatchObject({ reason: 'no-address' })
    }
    expect(bench.tries()).toBe(0)
  })

  it('is nobody once the customer is forgotten, between two mails of one order too', async () => {
    await using bench = await mailingBench()
    await bench.start()
    const orderId = await bench.place()
    await bench.settle()
    expect(await bench.kept()).toHaveLength(1)
    await bench.keyring.forget('hanako')
    await bench.pay(orderId)
    await bench.settle()
    expect(bench.recorded(orderId)).toEqual(['MailSent received', 'MailUndeliverable paid'])
    expect(bench.tries()).toBe(1)
    expect(await bench.kept()).toEqual([])
  })

  it('is nobody where the envelope is not what it should be', async () => {
    await using bench = await mailingBench()
    await bench.start()
    const contact = await bench.keyring.seal('hanako', 'delivery', { email: 'hanako@example.com' })
    const orderId = await bench.place({ contact })
    await bench.settle()
    const [event] = bench.log.events.filter(({ stream }) => stream === `mail-${orderId}`)
    expect(event).toMatchObject({ type: 'MailUndeliverable', data: { reason: 'unreadable' } })
  })

  it('is not asked again where the server refuses for good', async () => {
    await using bench = await mailingBench()
    const { ends } = await bench.start()
    bench.serverIs('refuses')
    const orderId = await bench.place()
    await bench.clock.advance(2 * HOUR_MS)
    expect(bench.recorded(orderId)).toEqual(['MailRefused received'])
    expect(bench.tries()).toBe(1)
    expect(ends).toEqual(['refused'])
    bench.serverIs('well')
    await bench.pay(orderId)
    await bench.settle()
    expect(bench.recorded(orderId)).toEqual(['MailRefused received', 'MailSent paid'])
  })
})

describe('a mail server that is away', () => {
  it('gets everything later, each order’s mails in their order, asked ever more seldom', async () => {
    await using bench = await mailingBench()
    bench.serverIs('down')
    const instance = await bench.start()
    const orders = [await bench.place(), await bench.place()]
    for (const orderId of orders) await bench.pay(orderId)
    await bench.clock.advance(MINUTE_MS)
    const inAMinute = bench.tries()
    await bench.clock.advance(4 * HOUR_MS)
    expect(bench.tries() - inAMinute).toBeLessThan(2 * (4 * 4 + 12))
    expect(instance.status()).toMatchObject({ parkedKeys: 0, openDeadlines: 2 })
    bench.serverIs('well')
    await bench.clock.advance(15 * MINUTE_MS)
    for (const orderId of orders)
      expect(bench.recorded(orderId)).toEqual(['MailSent received', 'MailSent paid'])
    expect(bench.taken()).toHaveLength(4)
    expect(instance.status()).toMatchObject({ openDeadlines: 0 })
  })

  it('is asked again after a restart, at the time that was set', async () => {
    await using bench = await mailingBench()
    bench.serverIs('down')
    const first = await bench.start()
    const orderId = await bench.place()
    await bench.clock.advance(2_000)
    first.kill()
    bench.serverIs('well')
    await bench.start(first.readStore)
    await bench.clock.advance(10_000)
    expect(bench.recorded(orderId)).toEqual(['MailSent received'])
  })

  it('for a whole day parks the order’s mails, and a replay sends them', async () => {
    await using bench = await mailingBench()
    bench.serverIs('down')
    const instance = await bench.start()
    const orderId = await bench.place()
    await bench.clock.advance(TRIED_FOR_MS - HOUR_MS)
    expect(bench.parkedEvents()).toEqual([])
    await bench.clock.advance(2 * HOUR_MS)
    expect(bench.parkedEvents()).toEqual(['WorkParked'])
    expect(instance.status()).toMatchObject({ parkedKeys: 1 })
    expect(JSON.stringify(bench.log.events)).not.toContain('hanako@example.com')
    bench.serverIs('well')
    await bench.replay(orderId)
    await bench.clock.advance(MINUTE_MS)
    expect(bench.parkedEvents()).toEqual(['WorkParked', 'ReplayRequested', 'KeyReleased'])
    expect(bench.recorded(orderId)).toEqual(['MailSent received'])
  })

  it('that took a mail and did not say so gets it again under the same id, and the mailbox keeps one', async () => {
    await using bench = await mailingBench()
    bench.serverIs('lost')
    await bench.start()
    const orderId = await bench.place()
    await bench.settle()
    bench.serverIs('well')
    await bench.clock.advance(MINUTE_MS)
    const id = mailIdOf(orderId, 'received', '')
    expect(bench.taken().map(({ mailId }) => mailId)).toEqual([id, id])
    expect(await bench.kept()).toHaveLength(1)
    expect(bench.recorded(orderId)).toEqual(['MailSent received'])
  })
})

describe('news that is old', () => {
  it('is not mailed by a shop that begins to mail on an old log', async () => {
    await using bench = await mailingBench()
    const old = await bench.place()
    await bench.pay(old)
    await bench.clock.advance(TOO_OLD_MS + 1)
    const recent = await bench.place()
    await bench.clock.advance(HOUR_MS)
    await bench.start()
    await bench.settle()
    expect(bench.recorded(old)).toEqual([])
    expect(bench.recorded(recent)).toEqual(['MailSent received'])
    // Nor is its past gone through order by order.
    expect(bench.hasRead(`order-${recent}`)).toBe(true)
    expect(bench.hasRead(`order-${old}`)).toBe(false)
    await bench.refund(old, refundId('late'), money(18_760, 'JPY'))
    await bench.settle()
    expect(bench.recorded(old)).toEqual(['MailSent refunded'])
  })

  it('is still mailed after a long weekend of downtime', async () => {
    await using bench = await mailingBench()
    const first = await bench.start()
    await bench.settle()
    await first.stop()
    const orderId = await bench.place()
    await bench.clock.advance(TOO_OLD_MS - HOUR_MS)
    await bench.start(first.readStore)
    await bench.settle()
    expect(bench.recorded(orderId)).toEqual(['MailSent received'])
  })
})

describe('once each', () => {
  const everything = async (bench: Awaited<ReturnType<typeof mailingBench>>): Promise<readonly OrderId[]> => {
    const sold = await bench.place()
    await bench.pay(sold)
    await bench.refund(sold, refundId('all'), money(18_760, 'JPY'))
    const lost = await bench.place({}, { name: 'no address' })
    await bench.tell(lost, { type: 'FailOrder', reason: 'PAYMENT_FAILED', atMs: bench.clock.nowMs() })
    return [sold, lost]
  }
  const WHOLE = [
    ['MailSent received', 'MailSent paid', 'MailSent refunded'],
    ['MailUndeliverable received', 'MailUndeliverable failed'],
  ]

  it('also when everything is delivered again from the start of the log, to a process with an empty read store', async () => {
    await using bench = await mailingBench()
    const first = await bench.start()
    const orders = await everything(bench)
    await bench.settle()
    await first.stop()
    const again = await bench.start()
    await bench.clock.advance(MINUTE_MS)
    expect(orders.map(bench.recorded)).toEqual(WHOLE)
    expect(bench.taken()).toHaveLength(3)
    expect(again.ends).toEqual([])
  })

  it('by two processes at once as far as the log and the mailbox can tell', async () => {
    await using bench = await mailingBench()
    await bench.start()
    await bench.start()
    const orders = await everything(bench)
    await bench.clock.advance(MINUTE_MS)
    expect(orders.map(bench.recorded)).toEqual(WHOLE)
    expect(await bench.kept()).toHaveLength(3)
  })

  it('whichever call the process dies before or after; only a mail whose end was not recorded goes out again', async () => {
    let survived = false
    let repeats = 0
    for (let edge = 1; !survived; edge += 1) {
      expect(edge).toBeLessThan(100)
      await using bench = await mailingBench()
      const first = await bench.start(undefined, edge)
      const orders = await everything(bench)
      await bench.settle()
      survived = !first.isDead()
      await bench.start(first.readStore)
      await bench.clock.advance(MINUTE_MS)
      expect(orders.map(bench.recorded), `killed at ${edge}`).toEqual(WHOLE)
      expect((await bench.kept()).length, `killed at ${edge}`).toBe(3)
      const sent = bench.taken().map(({ mailId }) => mailId)
      expect(new Set(sent).size).toBe(3)
      expect(sent.length - 3, `killed at ${edge}`).toBeLessThanOrEqual(1)
      repeats += sent.length - 3
    }
    expect(repeats).toBeGreaterThan(0)
  })
})
