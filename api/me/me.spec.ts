import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiBench, until, type ApiBench, type Browser } from '../testing.ts'

const HANAKO = {
  name: '山田 花子',
  kana: 'やまだ はなこ',
  birthDate: '1987-03-21',
  gender: 'female',
  phone: '090-1234-5678',
  email: 'hanako.private@example.com',
  address: {
    postalCode: '812-0011',
    prefecture: '福岡県',
    city: '福岡市博多区',
    addressLine1: '博多駅前1-2-3',
    addressLine2: '日々荘 501',
  },
}

let bench: ApiBench
let identityIsAway = false
const toldToForget: string[] = []
beforeAll(async () => {
  bench = await apiBench({
    withProcesses: true,
    withMail: true,
    replace: ({ identity }) => ({
      identity: {
        ...identity,
        forget: async (subject) => {
          if (identityIsAway) throw new Error('The identity provider is away')
          toldToForget.push(subject)
        },
      },
    }),
  })
  await bench.offer('sencha')
})
afterAll(() => bench.close())

let people = 0
const somebody = (): Promise<Browser> => bench.signIn(`person-${(people += 1)}@example.com`)
const put = (browser: Browser, profile: object, headers: Record<string, string> = {}) =>
  browser.send({ method: 'PUT', url: '/api/me', payload: profile, headers })
const mailsOf = async (browser: Browser) =>
  (await browser.get('/api/mailbox')).json<{ items: object[] }>().items
const typesOf = (browser: Browser) => bench.typesOf(`customer-${browser.customerId}`)

describe('telling the shop who I am', () => {
  it('registers once, and answers the same on every device', async () => {
    const person = await somebody()
    expect((await person.get('/api/me')).json()).toMatchObject({ registered: false })
    const first = await put(person, HANAKO)
    expect([first.statusCode, first.headers['etag']]).toEqual([200, '"1"'])
    const me = await person.get('/api/me')
    expect([me.headers['cache-control'], me.headers['etag']]).toEqual(['no-store', '"1"'])
    expect(me.json()).toEqual({
      customerId: person.customerId,
      email: `person-${people}@example.com`,
      registered: true,
      profile: HANAKO,
    })
    expect(await typesOf(person)).toEqual(['CustomerRegistered', 'PersonalInformationRecorded'])
  })

  it('changes nothing by the same content again, typed in another way', async () => {
    const person = await somebody()
    await put(person, HANAKO)
    const again = await put(person, {
      ...HANAKO,
      name: ' 山田　花子 ',
      phone: '０９０−１２３４−５６７８',
      address: { ...HANAKO.address, postalCode: '〒８１２ー００１１', prefecture: 'Fukuoka-ken' },
    })
    expect([again.statusCode, again.headers['etag']]).toEqual([200, '"1"'])
    expect(await typesOf(person)).toHaveLength(2)
  })

  it('replaces the whole, so that what is left out is gone', async () => {
    const person = await somebody()
    await put(person, HANAKO)
    await put(person, { name: '山田 花子' })
    expect((await person.get('/api/me')).json()).toMatchObject({ profile: { name: '山田 花子' } })
    expect((await person.get('/api/me')).json<{ profile: object }>().profile).toEqual({ name: '山田 花子' })
  })

  it('does not overwrite what another tab wrote meanwhile, where the version is said', async () => {
    const person = await somebody()
    await put(person, HANAKO, { 'if-match': '"0"' })
    const late = await put(person, { name: '花子' }, { 'if-match': '"0"' })
    expect([late.statusCode, late.json()]).toMatchObject([412, { code: 'profile-changed' }])
    expect((await put(person, { name: '花子' }, { 'if-match': 'W/"1"' })).statusCode).toBe(200)
    expect((await put(person, HANAKO, { 'if-match': '"nonsense"' })).statusCode).toBe(412)
    expect((await put(person, { name: 'はな' }, { 'if-match': '*' })).statusCode).toBe(200)
  })

  it('is for who is signed in, from the shop’s own pages', async () => {
    const person = await somebody()
    for (const url of ['/api/me', '/api/me/export'])
      expect((await bench.app.inject({ url })).statusCode).toBe(401)
    expect((await put(person, HANAKO, { 'x-csrf-token': 'no' })).json()).toMatchObject({
      code: 'csrf-token-invalid',
    })
    expect(
      (await person.send({ method: 'POST', url: '/api/me/forget', headers: { 'x-csrf-token': 'no' } }))
        .statusCode,
    ).toBe(403)
  })
})

describe('what is recorded of a person', () => {
  it('is in the log only sealed, and nowhere else', async () => {
    const person = await somebody()
    await put(person, HANAKO)
    await put(person, { ...HANAKO, birthDate: '2999-01-01' })
    const stored = JSON.stringify(await bench.eventsOf(`customer-${person.customerId}`))
    for (const secret of ['花子', 'はなこ', '1987-03-21', '博多駅前', 'hanako.private', '1234-5678']) {
      expect(stored).not.toContain(secret)
      expect(bench.logs()).not.toContain(secret)
    }
  })

  it('is shown to auditors as sealed', async () => {
    const person = await somebody()
    await put(person, HANAKO)
    const auditor = await bench.signIn('auditor@example.com', ['auditor'])
    const reply = await auditor.get(`/api/audit/streams/customer-${person.customerId}`)
    expect(reply.json()).toMatchObject({
      state: { status: 'REGISTERED', information: { encrypted: true, algorithm: 'A256GCM' } },
    })
    expect(reply.body).not.toContain('ciphertext')
  })
})

describe('my data', () => {
  it('is one file of everything that is mine, and of nobody else', async () => {
    const [person, other] = [await somebody(), await somebody()]
    await put(person, HANAKO)
    await put(other, { name: '鈴木 一郎' })
    const items = [{ productId: 'sencha', quantity: 2 }]
    const contact = { name: '山田 花子', email: 'hanako.private@example.com' }
    const order = await person.order({ items, paymentMethod: 'PAYPAY', contact })
    const { orderId, position } = order.json<{ orderId: string; position: number }>()
    await other.order({ items, paymentMethod: 'PAYPAY' })
    await person.send({ method: 'PUT', url: '/api/cart', payload: { items } })
    await person.get(`/api/orders?position=${position}`)
    const paidIn = await person.deposit({ amountMinor: 5_000 })
    await person.get(`/api/wallet?position=${paidIn.json<{ position: number }>().position}`)
    await until('the mail is there', async () => (await mailsOf(person)).length > 0)
    const reply = await person.get('/api/me/export')
    expect(reply.headers['content-disposition']).toMatch(/^attachment; filename="my-data\.json"$/)
    expect(reply.headers['cache-control']).toBe('no-store')
    const file = reply.json<{ orders: { timeline: object[] }[] }>()
    expect(file).toMatchObject({
      account: { customerId: person.customerId },
      profile: { registered: true, ...HANAKO },
      cart: { items },
      orders: [{ orderId, contact, forgotten: false }],
      walletEntries: [{ kind: 'deposit', amount: { amountMinor: 5_000, currency: 'JPY' } }],
      mails: [{ to: 'hanako.private@example.com', text: expect.stringContaining(orderId) }],
    })
    expect(file.orders).toHaveLength(1)
    expect(file.orders[0]?.timeline).not.toEqual([])
    expect(reply.body).not.toContain('鈴木')
  })

  it('is handed out a few times a minute', async () => {
    const person = await somebody()
    for (let count = 1; count <= 10; count += 1)
      expect((await person.get('/api/me/export')).statusCode).toBe(200)
    expect((await person.get('/api/me/export')).json()).toMatchObject({ code: 'rate-limited' })
    expect((await (await somebody()).get('/api/me/export')).statusCode).toBe(200)
  })
})

describe('forgetting me', () => {
  it('ends what was known, every session and the cart, and leaves the order whole', async () => {
    const person = await somebody()
    const elsewhere = await bench.signIn(`person-${people}@example.com`)
    await put(person, HANAKO)
    const items = [{ productId: 'sencha', quantity: 1 }]
    await person.send({ method: 'PUT', url: '/api/cart', payload: { items } })
    const placed = await person.order({
      items,
      paymentMethod: 'PAYPAY',
      contact: { name: '山田 花子' },
      delivery: HANAKO.address,
    })
    const { orderId } = placed.json<{ orderId: string }>()
    const reply = await person.post('/api/me/forget')
    expect([reply.statusCode, reply.json()]).toEqual([200, { forgotten: true }])
    expect(reply.cookies.find(({ name }) => name === 'sid')?.value).toBe('')
    for (const browser of [person, elsewhere]) expect((await browser.get('/api/me')).statusCode).toBe(401)
    expect(await typesOf(person)).toEqual([
      'CustomerRegistered',
      'PersonalInformationRecorded',
      'CustomerForgotten',
    ])

    const back = await bench.signIn(`person-${people}@example.com`)
    expect(back.customerId).toBe(person.customerId)
    const me = (await back.get('/api/me')).json<object>()
    expect(me).toMatchObject({ registered: false })
    expect(me).not.toHaveProperty('profile')
    expect((await back.get('/api/cart')).json()).toMatchObject({ items: [] })
    expect((await back.get(`/api/orders/${orderId}/recipient`)).json()).toEqual({
      forgotten: true,
      unreadable: false,
    })
    const order = (await back.get(`/api/orders/${orderId}`)).json()
    expect(order).toMatchObject({ amount: { amountMinor: 1_000 }, lines: [{ productId: 'sencha' }] })
    expect((await back.get('/api/me/export')).json()).toMatchObject({
      profile: { registered: false },
      orders: [{ orderId, forgotten: true }],
    })
  })

  it('leaves alone what a person tells the shop who has come back', async () => {
    const person = await somebody()
    await put(person, HANAKO)
    await person.post('/api/me/forget')
    const back = await bench.signIn(`person-${people}@example.com`)
    expect((await put(back, { name: '花' })).statusCode).toBe(200)
    expect((await back.get('/api/me')).json()).toMatchObject({ registered: true, profile: { name: '花' } })
  })

  it('tells the identity provider, by its own name for the person', async () => {
    const person = await somebody()
    await person.post('/api/me/forget', {})
    const [event] = await bench.eventsOf(`customer-${person.customerId}`)
    expect(event).toMatchObject({ type: 'CustomerForgotten', data: { subject: toldToForget.at(-1) } })
  })

  it('is under way, not failed, while the identity provider is away: the person is forgotten here all the same', async () => {
    const person = await somebody()
    await put(person, HANAKO)
    identityIsAway = true
    const reply = await person.post('/api/me/forget')
    identityIsAway = false
    expect([reply.statusCode, reply.json()]).toEqual([202, { forgotten: false }])
    expect((await person.get('/api/me')).statusCode).toBe(401)
    const back = await bench.signIn(`person-${people}@example.com`)
    expect((await back.get('/api/me')).json()).toMatchObject({ registered: false })
  })

  it('is one request however often it is pressed', async () => {
    const person = await somebody()
    const replies = await Promise.all([1, 2, 3].map(() => person.post('/api/me/forget')))
    expect(replies.map(({ statusCode }) => statusCode)).toContain(200)
    expect(await until('the event', async () => (await typesOf(person)).length > 0)).toBe(true)
    expect(await typesOf(person)).toEqual(['CustomerForgotten'])
  })
})
