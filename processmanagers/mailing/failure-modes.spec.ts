import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { merchantPaymentIdOf, OrderId, ProductId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import { placeOrder } from '#domain/order/samples.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { openSqliteKeyring } from '#platform/keyring/sqlite.ts'
import { openMailbox } from '#platform/mail/mailbox.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { shopProfile } from '#seed/shop-profile.ts'
import { virtualShop } from '../payment-confirmation/testing.ts'
import { PROCESS_COLLECTIONS, startProcess } from '../runner.ts'
import { mailing } from './mailing.ts'
import { wording } from './wording.ts'

const MINUTE_MS = 60_000

/** The virtual shop with mailing beside it, and an order of somebody who can be written to. */
const mailedShop = async () => {
  const shop = await virtualShop()
  const { clock, log } = shop
  const keyring = openSqliteKeyring(':memory:', randomBytes(32))
  const mailbox = openMailbox({ file: ':memory:', keyring, clock })
  const readStore = openSqliteReadStore(':memory:')
  await readStore.prepare(PROCESS_COLLECTIONS)
  const commands = commandRunner({ store: log, clock, random: () => 0.5 })
  const stopping = new AbortController()
  let handed = 0
  const process = startProcess(
    mailing({
      store: log,
      commands,
      keyring,
      mailer: {
        send: (mail) => {
          handed += 1
          return mailbox.send(mail)
        },
      },
      clock,
      wording: wording({
        shop: await shopProfile(),
        publicUrl: 'https://shop.example',
        simulatedPayments: true,
      }),
    }),
    { store: log, readStore, commands, clock, signal: stopping.signal, log: () => {} },
  )
  const orderId = OrderId.parse(derivedId('spec', 'mailed'))
  const place = async () => {
    await commands.run(
      order,
      orderId,
      {
        ...placeOrder,
        orderId,
        lines: [
          {
            productId: ProductId.parse('cup'),
            title: 'cup',
            quantity: 1,
            unitPrice: money(1_000, 'JPY'),
            taxRatePercent: 10,
          },
        ],
        contact: await keyring.seal(placeOrder.customerId, 'contact', { email: 'hanako@example.com' }),
        placedAtMs: clock.nowMs(),
      },
      { commandId: orderId, correlationId: orderId, causationId: orderId, actor: 'customer:spec' },
    )
    await shop.moveUntil('a code', async () => (await shop.stateOf(orderId)).status === 'WAITING_PAYMENT')
    return { orderId, id: merchantPaymentIdOf(orderId, 1) }
  }
  return {
    shop,
    place,
    handed: () => handed,
    subjects: async () =>
      (await mailbox.list(placeOrder.customerId, 10)).map(({ subject }) => subject).toReversed(),
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await Promise.all([process.stopped, clock.advance(MINUTE_MS)])
      await shop[Symbol.asyncDispose]()
      await mailbox.close()
      await keyring.close()
    },
  }
}

describe('failure mode 1: nobody is there to see that the payment arrived', () => {
  it('writes to the buyer within a minute of the payment, without any webhook or visit', async () => {
    await using mailed = await mailedShop()
    await mailed.shop.start()
    const { orderId, id } = await mailed.place()
    expect(mailed.shop.paypay.pay(id)).toBe(true)
    await mailed.shop.clock.advance(MINUTE_MS)
    expect(await mailed.subjects()).toEqual([
      `ご注文を受け付けました（ご注文番号 ${orderId}）`,
      `お支払いを確認しました・領収書（ご注文番号 ${orderId}）`,
    ])
  })
})

describe('failure mode 6: the same success is learned many times and told once', () => {
  it('mails one receipt, however many ask at once on two instances', async () => {
    await using mailed = await mailedShop()
    const instances = [await mailed.shop.start(), await mailed.shop.start()]
    const { orderId, id } = await mailed.place()
    mailed.shop.paypay.pay(id)
    for (let nth = 0; nth < 20; nth += 1)
      for (const { confirmations } of instances)
        void confirmations.ask(id, nth % 2 === 0 ? 'webhook' : 'return')
    await mailed.shop.clock.advance(2 * MINUTE_MS)
    expect(mailed.shop.typesOf(`mail-${orderId}`)).toEqual(['MailSent', 'MailSent'])
    expect(mailed.handed()).toBe(2)
    expect(await mailed.subjects()).toHaveLength(2)
  })
})
