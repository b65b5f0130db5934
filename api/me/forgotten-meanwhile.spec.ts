import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SealedEnvelope } from '#platform/keyring/port.ts'
import { apiBench, type ApiBench, type Browser } from '../testing.ts'

/** What happens once, right before something is sealed or right after an ID token was believed. */
type Meanwhile = () => Promise<unknown>
const nothing: Meanwhile = async () => {}

let bench: ApiBench
let beforeSealing = nothing
let afterBelieving = nothing
let whileDeletingTheAccount = nothing
const sealed: SealedEnvelope[] = []

const once = async (which: 'beforeSealing' | 'afterBelieving' | 'whileDeletingTheAccount'): Promise<void> => {
  const todo = { beforeSealing, afterBelieving, whileDeletingTheAccount }[which]
  if (which === 'beforeSealing') beforeSealing = nothing
  else if (which === 'afterBelieving') afterBelieving = nothing
  else whileDeletingTheAccount = nothing
  await todo()
}

beforeAll(async () => {
  bench = await apiBench({
    replace: ({ keyring, identity }) => ({
      keyring: {
        ...keyring,
        seal: async (customerId, purpose, content) => {
          await once('beforeSealing')
          const envelope = await keyring.seal(customerId, purpose, content)
          sealed.push(envelope)
          return envelope
        },
      },
      identity: {
        verify: async (idToken) => {
          const known = await identity.verify(idToken)
          await once('afterBelieving')
          return known
        },
        forget: () => once('whileDeletingTheAccount'),
      },
    }),
  })
  await bench.offer('sencha')
})
afterAll(() => bench.close())

let people = 0
const somebody = async () => {
  const email = `racing-${(people += 1)}@example.com`
  return { email, tab: await bench.signIn(email), phone: await bench.signIn(email) }
}
const ORDER = {
  items: [{ productId: 'sencha', quantity: 1 }],
  paymentMethod: 'PAYPAY',
  contact: { name: '山田 花子' },
}
const tell = (browser: Browser, name = '山田 花子') =>
  browser.send({ method: 'PUT', url: '/api/me', payload: { name } })

describe('who is forgotten while another request of theirs is under way', () => {
  it.each([
    ['an order', (browser: Browser) => browser.order(ORDER)],
    ['an order without a contact', (browser: Browser) => browser.order({ ...ORDER, contact: undefined })],
    ['a profile', (browser: Browser) => tell(browser, '鈴木 花子')],
  ])('leaves nothing that anybody can open, whatever %s would have kept', async (_, send) => {
    const { tab, phone } = await somebody()
    await tell(tab)
    const before = (await bench.eventsOf(`customer-${tab.customerId}`)).length
    beforeSealing = () => phone.post('/api/me/forget')
    const reply = await send(tab)
    expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([401, 'SESSION_NOT_FOUND'])
    const after = await bench.eventsOf(`customer-${tab.customerId}`)
    expect(after.slice(before).map(({ type }) => type)).toEqual(['CustomerForgotten'])
    const stored = JSON.stringify(after)
    for (const { keyId, ciphertext } of sealed)
      if (keyId.startsWith(tab.customerId) && stored.includes(ciphertext))
        expect(keyId).toBe(`${tab.customerId}.1`)
  })

  it('leaves nothing either where nothing was ever sealed before', async () => {
    const { tab, phone } = await somebody()
    beforeSealing = () => phone.post('/api/me/forget')
    expect((await tab.order(ORDER)).statusCode).toBe(401)
    expect(await bench.typesOf(`customer-${tab.customerId}`)).toEqual(['CustomerForgotten'])
  })

  it('may sign in again and be known anew', async () => {
    const { email, tab } = await somebody()
    await tell(tab)
    await tab.post('/api/me/forget')
    const back = await bench.signIn(email)
    expect((await tell(back)).statusCode).toBe(200)
    expect((await back.order(ORDER)).statusCode).toBe(201)
  })

  it('is not signed in by a token that was believed before', async () => {
    const { email, tab } = await somebody()
    const issued = await bench.app.inject({ method: 'POST', url: '/api/dev/sign-in', payload: { email } })
    afterBelieving = () => tab.post('/api/me/forget')
    const opened = await bench.app.inject({
      method: 'POST',
      url: '/api/auth/session',
      payload: issued.json(),
    })
    expect([opened.statusCode, opened.json<{ code: string }>().code]).toEqual([401, 'token-invalid'])
    expect(await bench.deps.sessions.destroyAllOf(tab.customerId)).toBe(0)
  })

  it('has no session left that began while the account was being deleted', async () => {
    const { email, tab } = await somebody()
    whileDeletingTheAccount = () => bench.signIn(email)
    expect((await tab.post('/api/me/forget')).statusCode).toBe(200)
    expect(await bench.deps.sessions.destroyAllOf(tab.customerId)).toBe(0)
  })
})
