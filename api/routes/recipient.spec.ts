import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KeyringRefused } from '#platform/keyring/port.ts'
import { apiBench, type ApiBench, type Browser } from '../testing.ts'

const contact = { name: '山田花子', email: 'hanako.private@example.com', phone: '090-1234-5678' }
const delivery = {
  postalCode: '812-0011',
  prefecture: '福岡県',
  city: '福岡市博多区',
  addressLine1: '博多駅前1-2-3',
}

describe('whom an order goes to', () => {
  let bench: ApiBench
  let hanako: Browser
  let refusal: Error | undefined
  beforeAll(async () => {
    bench = await apiBench({
      replace: ({ keyring }) => ({
        keyring: {
          ...keyring,
          open: (envelope, purpose) =>
            refusal !== undefined && purpose === 'contact'
              ? Promise.reject(refusal)
              : keyring.open(envelope, purpose),
        },
      }),
    })
    await bench.offer('sencha')
    hanako = await bench.signIn('hanako@example.com')
  })
  afterAll(() => bench.close())

  const place = async (more: object, browser = hanako): Promise<string> => {
    const items = [{ productId: 'sencha', quantity: 1 }]
    const reply = await browser.order({ items, paymentMethod: 'PAYPAY', ...more })
    expect(reply.statusCode).toBe(201)
    return reply.json<{ orderId: string }>().orderId
  }
  const ask = (orderId: string, browser = hanako) => browser.get(`/api/orders/${orderId}/recipient`)

  it('is told to the buyer, and kept nowhere on the way', async () => {
    const reply = await ask(await place({ contact, delivery }))
    expect([reply.statusCode, reply.headers['cache-control'], reply.json()]).toEqual([
      200,
      'no-store',
      { contact, delivery, forgotten: false, unreadable: false },
    ])
    for (const secret of [contact.name, contact.email, contact.phone, delivery.addressLine1])
      expect(bench.logs()).not.toContain(secret)
  })

  it('is as much as was given', async () => {
    expect((await ask(await place({}))).json()).toEqual({ forgotten: false, unreadable: false })
    expect((await ask(await place({ delivery }))).json()).toEqual({
      delivery,
      forgotten: false,
      unreadable: false,
    })
  })

  it('is not told to anybody else, staff or not, nor is there one of an order that is not there', async () => {
    const orderId = await place({ contact })
    for (const browser of [
      await bench.signIn('taro@example.com'),
      await bench.signIn('admin@example.com', ['admin', 'operator', 'support', 'auditor']),
    ]) {
      const reply = await ask(orderId, browser)
      expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([404, 'order-not-found'])
      expect(reply.body).not.toContain(contact.name)
    }
    for (const id of ['5f0c2a52-6a5a-5b8e-9d2b-0d6d6f6f7a10', 'garbage'])
      expect((await ask(id)).statusCode).toBe(404)
    const guest = await bench.app.inject(`/api/orders/${orderId}/recipient`)
    expect(guest.statusCode).toBe(401)
  })

  it('is gone once the buyer was forgotten, also for the buyer', async () => {
    const mika = await bench.signIn('mika@example.com')
    const orderId = await place({ contact, delivery }, mika)
    await bench.deps.keyring.forget(mika.customerId)
    const reply = await ask(orderId, mika)
    expect([reply.statusCode, reply.json()]).toEqual([200, { forgotten: true, unreadable: false }])
  })

  it('is said to be unreadable when an envelope does not open, without a word of what is inside', async () => {
    const orderId = await place({ contact, delivery })
    refusal = new KeyringRefused(`altered: ${contact.name}`)
    const reply = await ask(orderId)
    refusal = undefined
    expect([reply.statusCode, reply.json()]).toEqual([200, { delivery, forgotten: false, unreadable: true }])
    expect(bench.logs()).toContain('A sealed part of an order could not be opened')
    expect(bench.logs()).not.toContain(contact.name)
  })

  it('is not called unreadable because the keyring is away', async () => {
    const orderId = await place({ contact })
    refusal = new Error('disk I/O error')
    const reply = await ask(orderId)
    refusal = undefined
    expect(reply.statusCode).toBe(500)
    expect((await ask(orderId)).json()).toMatchObject({ contact, unreadable: false })
  })
})
