import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { apiBench, until, type ApiBench, type Browser } from '../testing.ts'

const Listed = z.object({
  items: z.array(z.object({ mailId: z.string(), to: z.string(), subject: z.string(), language: z.string() })),
})
const Read = z.object({ mailId: z.string(), text: z.string(), html: z.string(), sentAt: z.iso.datetime() })
const Placed = z.object({ orderId: z.string() })
const codeOf = (body: string): string => z.object({ code: z.string() }).parse(JSON.parse(body)).code

describe('the mailbox', () => {
  let bench: ApiBench
  beforeAll(async () => {
    bench = await apiBench({ withProcesses: true, withMail: true })
    await bench.offer('tea')
  })
  afterAll(() => bench.close())

  const place = async (browser: Browser, more: object = {}): Promise<string> => {
    const items = [{ productId: 'tea', quantity: 1 }]
    const reply = await browser.order({ items, paymentMethod: 'PAYPAY', ...more })
    expect(reply.statusCode).toBe(201)
    return Placed.parse(reply.json()).orderId
  }
  const mailsOf = async (browser: Browser) => Listed.parse((await browser.get('/api/mailbox')).json()).items
  const mailsAbout = (browser: Browser, orderId: string, count: number) =>
    until(`${count} mails`, async () => {
      const mails = (await mailsOf(browser)).filter(({ subject }) => subject.includes(orderId))
      return mails.length >= count && mails
    })

  it('holds what was written to the buyer, at the address of the session, newest first', async () => {
    const hanako = await bench.signIn('hanako.mail@example.com')
    expect(await mailsOf(hanako)).toEqual([])
    const orderId = await place(hanako, { locale: 'en' })
    const merchantPaymentId = await until('a code', async () => {
      const shown = await hanako.get(`/api/orders/${orderId}`)
      return z
        .object({
          status: z.literal('WAITING_PAYMENT'),
          payment: z.object({ merchantPaymentId: z.string() }),
        })
        .safeParse(shown.json()).data?.payment.merchantPaymentId
    })
    await bench.simulate('pay', { merchantPaymentId, dropHook: true })
    await hanako.post(`/api/orders/${orderId}/payments/refresh`)
    const mails = await mailsAbout(hanako, orderId, 2)
    expect(mails.map(({ to, subject, language }) => [to, subject, language])).toEqual([
      ['hanako.mail@example.com', `Your order ${orderId} is paid: your receipt`, 'en'],
      ['hanako.mail@example.com', `We have received your order ${orderId}`, 'en'],
    ])
    const reply = await hanako.get(`/api/mailbox/${mails[0]?.mailId}`)
    expect(reply.headers['cache-control']).toBe('no-store')
    const read = Read.parse(reply.json())
    expect(read.text).toContain('¥1,000')
    expect(read.html).toContain('<html lang="en">')
    for (const personal of ['hanako.mail@example.com']) expect(bench.logs()).not.toContain(personal)
  })

  it('writes to the address of the contact where the buyer gave one', async () => {
    const taro = await bench.signIn('taro.session@example.com')
    const own = await place(taro, { contact: { name: '太郎', email: 'taro.contact@example.com' } })
    const session = await place(taro, { contact: { name: '太郎' } })
    const [first] = await mailsAbout(taro, own, 1)
    const [second] = await mailsAbout(taro, session, 1)
    expect([first?.to, second?.to]).toEqual(['taro.contact@example.com', 'taro.session@example.com'])
  })

  it('shows nobody another’s mails, staff or not, nor what is not there', async () => {
    const mei = await bench.signIn('mei@example.com')
    const [mail] = await mailsAbout(mei, await place(mei), 1)
    for (const browser of [
      await bench.signIn('stranger@example.com'),
      await bench.signIn('chief@example.com', ['admin', 'operator', 'support', 'auditor']),
    ]) {
      expect(await mailsOf(browser)).toEqual([])
      const reply = await browser.get(`/api/mailbox/${mail?.mailId}`)
      expect([reply.statusCode, codeOf(reply.body)]).toEqual([404, 'mail-not-found'])
    }
    expect((await mei.get('/api/mailbox/garbage')).statusCode).toBe(404)
    for (const url of ['/api/mailbox', `/api/mailbox/${mail?.mailId}`])
      expect((await bench.app.inject(url)).statusCode).toBe(401)
  })

  it('is empty for whoever was forgotten, and the order’s later mails go nowhere', async () => {
    const rin = await bench.signIn('rin@example.com')
    const orderId = await place(rin)
    const [mail] = await mailsAbout(rin, orderId, 1)
    await bench.deps.keyring.forget(rin.customerId)
    expect(await mailsOf(rin)).toEqual([])
    expect((await rin.get(`/api/mailbox/${mail?.mailId}`)).statusCode).toBe(404)
    await rin.post(`/api/orders/${orderId}/cancel`)
    const recorded = await until('the end of the second mail', async () => {
      const types = await bench.typesOf(`mail-${orderId}`)
      return types.length === 2 && types
    })
    expect(recorded).toEqual(['MailSent', 'MailUndeliverable'])
    expect(await mailsOf(rin)).toEqual([])
  })

  it('is said by the shop to be there', async () => {
    expect((await bench.app.inject('/api/shop')).json()).toMatchObject({ mailbox: true })
  })
})

describe('a shop with a mail server', () => {
  it('has no mailbox', async () => {
    const bench = await apiBench()
    const hanako = await bench.signIn('hanako@example.com')
    for (const url of ['/api/mailbox', '/api/mailbox/5f0d6f5e-31cb-5c0a-9a0e-0d0c8f0b7a11']) {
      const reply = await hanako.get(url)
      expect([reply.statusCode, codeOf(reply.body)]).toEqual([404, 'no-mailbox'])
    }
    expect((await bench.app.inject('/api/shop')).json()).toMatchObject({ mailbox: false })
    await bench.close()
  })
})
