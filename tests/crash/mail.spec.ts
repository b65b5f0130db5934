import { afterEach, describe, expect, it } from 'vitest'
import { startSmtpServer, type SpecSmtpServer } from '#platform/mail/testing.ts'
import { ownDatabase } from '#platform/readstore/testing.ts'
import { startInstance, type OwnInstance } from '../../demo/instance.ts'
import { signIn, simulatorControl } from '../../demo/shop-client.ts'
import { eventually } from './witness.ts'

/** Two starts of a whole shop. */
const LIMIT_MS = 300_000
const EMAIL = 'hanako.smtp@example.com'

describe('a shop with a mail server, killed while it hands a mail over', () => {
  const database = ownDatabase()
  let shop: OwnInstance | undefined
  let server: SpecSmtpServer | undefined
  afterEach(async () => {
    await shop?.stop()
    await server?.stop()
    await database.drop()
  })

  it(
    'sends that mail again under the same Message-ID, and every other once',
    async () => {
      const mailServer = await startSmtpServer()
      server = mailServer
      const ids = (): string[] =>
        mailServer.taken.map(({ raw }) => /^Message-ID: <(.*)>/im.exec(raw)?.[1] ?? '')
      mailServer.afterData('hang')
      shop = await startInstance({
        SMTP_URL: mailServer.url,
        MAIL_FROM: 'Hibi <orders@hibi.example>',
        ...database.environment,
      })
      const buyer = await signIn(shop.shopUrl, EMAIL)
      const { orderId } = await buyer.place('sencha-yame-100g')
      await eventually('the mail is taken and not acknowledged', 60_000, () => mailServer.taken.length === 1)
      await shop.kill()
      mailServer.afterData('accept')
      await shop.restart()

      await eventually('the mail is taken again', 60_000, () => mailServer.taken.length === 2)
      const { merchantPaymentId } = await buyer.payable(orderId)
      await simulatorControl(shop.simulatorUrl)('pay', { merchantPaymentId })
      await buyer.until(orderId, 'paid', ({ status }) => status === 'PAID')
      await eventually('the receipt is taken', 60_000, () => mailServer.taken.length === 3)
      const [first, again, receipt] = ids()
      expect(again).toBe(first)
      expect(receipt).not.toBe(first)
      expect(mailServer.taken.every(({ to }) => to.join() === EMAIL)).toBe(true)

      const ready = await fetch(`${shop.shopUrl}/health/ready`)
      expect(await ready.text()).toContain('process mailing')
      expect((await buyer.call('GET', '/api/mailbox')).status).toBe(404)
      expect(ids()).toHaveLength(3)
      expect(shop.printed()).not.toContain(EMAIL)
    },
    LIMIT_MS,
  )
})
