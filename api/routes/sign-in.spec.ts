import { createRemoteJWKSet, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '#platform/clock/clock.ts'
import { firebaseAccounts, type FirebaseAccounts } from '#platform/identity/firebase-accounts.ts'
import { firebaseIdentity } from '#platform/identity/firebase.ts'
import { firebaseStandIn, type FirebaseStandIn, type Mood } from '#platform/identity/testing.ts'
import { apiBench, type ApiBench } from '../testing.ts'

const PROJECT = 'demo-kessai'
const codeOf = (reply: { json: () => { code?: string } }) => reply.json().code

describe('signing in where Firebase is configured', () => {
  let standIn: FirebaseStandIn
  let accounts: FirebaseAccounts
  let bench: ApiBench
  beforeAll(async () => {
    standIn = await firebaseStandIn()
    standIn.accounts.set('hanako', { disabled: false, validSinceSeconds: 0 })
    accounts = await firebaseAccounts({ projectId: PROJECT, emulatorHost: standIn.host })
    bench = await apiBench({
      environment: { FIREBASE_PROJECT_ID: PROJECT, FIREBASE_WEB_API_KEY: 'AIzaSy-of-the-project' },
      replace: ({ clock }) => ({
        identity: firebaseIdentity({
          projectId: PROJECT,
          accounts,
          clock,
          keys: createRemoteJWKSet(standIn.keysUrl, { timeoutDuration: 1_500 }),
          withinMs: 2_000,
        }),
      }),
    })
  })
  afterAll(async () => {
    await bench.close()
    await accounts.close()
    await standIn.close()
  })

  const token = (claims: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const nowSeconds = Math.floor(systemClock.nowMs() / 1_000)
    return new SignJWT({
      iss: `https://securetoken.google.com/${PROJECT}`,
      aud: PROJECT,
      sub: 'hanako',
      auth_time: nowSeconds,
      iat: nowSeconds,
      exp: nowSeconds + 3_600,
      email: 'hanako@example.com',
      email_verified: true,
      ...claims,
    })
      .setProtectedHeader(standIn.header)
      .sign(standIn.privateKey)
  }
  const openSession = async (claims?: Readonly<Record<string, unknown>>) =>
    bench.app.inject({
      method: 'POST',
      url: '/api/auth/session',
      payload: { idToken: await token(claims) },
    })

  it('tells browsers how, and that nobody may be just anybody', async () => {
    const shop = (await bench.app.inject('/api/shop')).json<object>()
    expect(shop).toMatchObject({
      developmentSignIn: false,
      signIn: {
        kind: 'firebase',
        projectId: PROJECT,
        apiKey: 'AIzaSy-of-the-project',
        authDomain: 'demo-kessai.firebaseapp.com',
      },
    })
    expect((await bench.app.inject('/api/auth/status')).json()).toEqual({
      authenticated: false,
      developmentSignIn: false,
    })
    const payload = { email: 'hanako@example.com' }
    const development = await bench.app.inject({ method: 'POST', url: '/api/dev/sign-in', payload })
    expect([development.statusCode, codeOf(development)]).toEqual([404, 'not-found'])
  })

  it('opens a session that ends with the token, with the roles of its claims', async () => {
    const reply = await openSession({ roles: ['support'] })
    expect(reply.statusCode).toBe(201)
    expect(reply.json()).toMatchObject({ roles: ['customer', 'support'] })
    const lifeSeconds = Number(/Max-Age=(\d+)/.exec(String(reply.headers['set-cookie']))?.[1])
    expect(lifeSeconds).toBeGreaterThan(3_500)
    expect(lifeSeconds).toBeLessThanOrEqual(3_600)
    const status = await bench.app.inject({
      url: '/api/auth/status',
      cookies: { sid: reply.cookies[0]?.value ?? '' },
    })
    expect(status.json()).toMatchObject({ authenticated: true, email: 'hanako@example.com' })
  })

  it('refuses what Firebase says no to, without a cookie', async () => {
    for (const claims of [{ aud: 'another-shop' }, { sub: 'nobody' }, { exp: 1 }]) {
      const reply = await openSession(claims)
      expect([reply.statusCode, codeOf(reply)]).toEqual([401, 'token-invalid'])
      expect(reply.headers['set-cookie']).toBeUndefined()
    }
  })

  it.each<Mood>(['hanging-up', 'silent', 'failing', 'babbling'])(
    'never takes a good token for a bad one while Firebase is %s, and those signed in stay so',
    async (mood) => {
      const signedIn = await openSession()
      standIn.become(mood)
      const reply = await openSession()
      expect([reply.statusCode, codeOf(reply)]).toEqual([503, 'sign-in-unavailable'])
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0)
      expect(reply.headers['set-cookie']).toBeUndefined()
      const cookies = { sid: signedIn.cookies[0]?.value ?? '' }
      expect((await bench.app.inject({ url: '/api/orders', cookies })).statusCode).toBe(200)
      expect((await bench.app.inject('/api/products')).statusCode).toBe(200)
      standIn.become('answering')
      expect((await openSession()).statusCode).toBe(201)
    },
  )

  it('leaves nothing of a person in the log', () => {
    expect(bench.logs()).toContain('An ID token could not be checked')
    expect(bench.logs()).not.toContain('hanako')
  })
})

describe('signing in where no issuer is configured', () => {
  it('is told to browsers, and leaves a mark in the log that names nobody', async () => {
    const bench = await apiBench()
    expect((await bench.app.inject('/api/shop')).json()).toMatchObject({ signIn: { kind: 'development' } })
    await bench.signIn('hanako@example.com', ['auditor'])
    expect(bench.logs()).toMatch(/"roles":\["auditor"\].*The development issuer gave a token/)
    expect(bench.logs()).not.toContain('hanako')
    await bench.close()
  })
})
