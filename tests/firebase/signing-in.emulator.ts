import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { deleteApp, initializeApp, type FirebaseApp } from 'firebase/app'
import {
  connectAuthEmulator,
  createUserWithEmailAndPassword,
  GoogleAuthProvider,
  initializeAuth,
  inMemoryPersistence,
  signInWithCredential,
  signInWithEmailAndPassword,
  type Auth,
  type User,
} from 'firebase/auth'
import { deleteApp as deleteAdmin, initializeApp as initializeAdmin } from 'firebase-admin/app'
import { getAuth } from 'firebase-admin/auth'
import { decodeJwt, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiBench, until, type ApiBench } from '#api/testing.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { firebaseAccounts, type FirebaseAccounts } from '#platform/identity/firebase-accounts.ts'
import { firebaseIdentity } from '#platform/identity/firebase.ts'
import { lineTo } from './line.ts'

const projectId = process.env['FIREBASE_PROJECT_ID'] ?? ''
const emulatorHost = process.env['FIREBASE_AUTH_EMULATOR_HOST'] ?? ''
if (projectId === '' || emulatorHost === '')
  throw new Error('There is no emulator: start with `.ci/firebase/run npm run test:firebase`')

const PASSWORD = 'a-kettle-of-tea'
const somebody = (): string => `${randomUUID()}@example.com`
const run = promisify(execFile)

describe('people of Firebase, by the SDK of browsers and through the API', () => {
  let line: Awaited<ReturnType<typeof lineTo>>
  let accounts: FirebaseAccounts
  let bench: ApiBench
  /** Of the shop's clock. */
  let aheadMs = 0
  /** A busy machine must not pass for a line that is cut. */
  let isLineOpen = true
  let app: FirebaseApp
  let auth: Auth
  const admin = initializeAdmin({ projectId }, 'of the spec')
  const people = getAuth(admin)

  beforeAll(async () => {
    line = await lineTo(emulatorHost)
    accounts = await firebaseAccounts({ projectId, emulatorHost: line.host })
    bench = await apiBench({
      clock: { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs },
      environment: { FIREBASE_PROJECT_ID: projectId, FIREBASE_AUTH_EMULATOR_HOST: emulatorHost },
      replace: ({ clock }) => ({
        identity: firebaseIdentity({
          projectId,
          accounts,
          clock: { ...clock, timer: (ms, callback) => clock.timer(isLineOpen ? 60_000 : ms, callback) },
          keys: 'unsigned',
          withinMs: 2_000,
        }),
      }),
    })
    app = initializeApp({ projectId, apiKey: 'emulator' })
    auth = initializeAuth(app, { persistence: inMemoryPersistence })
    connectAuthEmulator(auth, `http://${emulatorHost}`, { disableWarnings: true })
  })
  afterAll(async () => {
    await bench.close()
    await accounts.close()
    await line.close()
    await deleteAdmin(admin)
    await deleteApp(app)
  })

  const openSession = (idToken: string) =>
    bench.app.inject({ method: 'POST', url: '/api/auth/session', payload: { idToken } })
  const outcomeOf = async (idToken: string) => {
    const reply = await openSession(idToken)
    return reply.statusCode === 201 ? 201 : [reply.statusCode, reply.json<{ code: string }>().code]
  }
  const signUp = async (email = somebody()): Promise<User> =>
    (await createUserWithEmailAndPassword(auth, email, PASSWORD)).user

  it('sign up, and in again with their password: one customer, whose address counts once it is confirmed', async () => {
    const email = somebody()
    const first = await openSession(await (await signUp(email)).getIdToken())
    expect(first.statusCode).toBe(201)
    const { user } = await signInWithEmailAndPassword(auth, email, PASSWORD)
    const again = await openSession(await user.getIdToken())
    const customerOf = (reply: typeof first) => reply.json<{ customerId: string }>().customerId
    expect(customerOf(again)).toBe(customerOf(first))
    const emailOf = async (reply: typeof first) => {
      const cookies = { sid: reply.cookies[0]?.value ?? '' }
      return (await bench.app.inject({ url: '/api/auth/status', cookies })).json<{ email?: string }>().email
    }
    expect(await emailOf(again)).toBeUndefined()
    await people.updateUser(user.uid, { emailVerified: true })
    expect(await emailOf(await openSession(await user.getIdToken(true)))).toBe(email)
  })

  it('sign in by Google', async () => {
    const sub = randomUUID()
    const { user } = await signInWithCredential(
      auth,
      GoogleAuthProvider.credential(JSON.stringify({ sub, email: somebody(), email_verified: true })),
    )
    expect(user.providerData[0]?.providerId).toBe('google.com')
    expect(await outcomeOf(await user.getIdToken())).toBe(201)
  })

  it('are not let in by a wrong password, nor by a token that is expired, of another project, signed or none', async () => {
    const user = await signUp()
    await expect(signInWithEmailAndPassword(auth, user.email ?? '', 'guessed')).rejects.toThrow(
      /auth\/(wrong-password|invalid-credential|invalid-login-credentials)/,
    )
    const token = await user.getIdToken()
    expect(await outcomeOf(token)).toBe(201)
    const [header = '', payload = ''] = token.split('.')
    const claims = decodeJwt(token)
    const signed = Buffer.from('signed').toString('base64url')
    for (const bad of [
      new UnsecuredJWT({ ...claims, exp: Math.floor(systemClock.nowMs() / 1_000) - 1 }).encode(),
      new UnsecuredJWT({ ...claims, aud: 'another-shop' }).encode(),
      new UnsecuredJWT({ ...claims, sub: 'nobody' }).encode(),
      `${header}.${payload}.${signed}`,
      'not.a.token',
    ])
      expect(await outcomeOf(bad)).toEqual([401, 'token-invalid'])
  })

  it('are refused while their account is disabled, and for good once it is deleted', async () => {
    const user = await signUp()
    const token = await user.getIdToken()
    await people.updateUser(user.uid, { disabled: true })
    expect(await outcomeOf(token)).toEqual([401, 'token-invalid'])
    await people.updateUser(user.uid, { disabled: false })
    expect(await outcomeOf(token)).toBe(201)
    await people.deleteUser(user.uid)
    expect(await outcomeOf(token)).toEqual([401, 'token-invalid'])
  })

  it.each([
    ['disabled', (uid: string) => people.updateUser(uid, { disabled: true })],
    ['deleted', (uid: string) => people.deleteUser(uid)],
    ['revoked', (uid: string) => people.revokeRefreshTokens(uid)],
  ])('are signed out within minutes once their account is %s', async (_what, end) => {
    const user = await signUp()
    const token = await user.getIdToken()
    const cookies = { sid: (await openSession(token)).cookies[0]?.value ?? '' }
    const status = async () => (await bench.app.inject({ url: '/api/orders', cookies })).statusCode
    const signedInAtSeconds = Number(decodeJwt(token)['auth_time'])
    await until('another second', () => Math.floor(systemClock.nowMs() / 1_000) > signedInAtSeconds)
    try {
      aheadMs = 301_000
      expect(await status()).toBe(200)
      await end(user.uid)
      aheadMs = 602_000
      expect(await status()).toBe(401)
    } finally {
      aheadMs = 0
    }
  })

  it('take their account with them when the shop is to forget them', async () => {
    const user = await signUp()
    const opened = await openSession(await user.getIdToken())
    const { csrfToken } = opened.json<{ csrfToken: string }>()
    const forgotten = await bench.app.inject({
      method: 'POST',
      url: '/api/me/forget',
      cookies: { sid: opened.cookies[0]?.value ?? '' },
      headers: { 'x-csrf-token': csrfToken },
    })
    expect(forgotten.json()).toEqual({ forgotten: true })
    await expect(people.getUser(user.uid)).rejects.toThrow(/no user record/)
    await accounts.remove(user.uid)
  })

  it('are refused with tokens of before a revocation, and let in by a new sign-in', async () => {
    const user = await signUp()
    const token = await user.getIdToken()
    const signedInAtSeconds = Number(decodeJwt(token)['auth_time'])
    await until('another second', () => Math.floor(systemClock.nowMs() / 1_000) > signedInAtSeconds)
    await people.revokeRefreshTokens(user.uid)
    expect(await outcomeOf(token)).toEqual([401, 'token-invalid'])
    const { user: again } = await signInWithEmailAndPassword(auth, user.email ?? '', PASSWORD)
    expect(await outcomeOf(await again.getIdToken())).toBe(201)
  })

  it('have the roles that scripts/firebase-roles.ts gives them, from their next sign-in on', async () => {
    const email = somebody()
    const { uid } = await signUp(email)
    await people.setCustomUserClaims(uid, { tier: 'gold', role: 'merchant' })
    const grant = (...args: string[]) => run('node', ['scripts/firebase-roles.ts', ...args])
    const rolesNow = async () => {
      const { user } = await signInWithEmailAndPassword(auth, email, PASSWORD)
      return (await openSession(await user.getIdToken())).json<{ roles: string[] }>().roles
    }
    expect(await rolesNow()).toEqual(['customer'])
    expect((await grant(email, 'support', 'operator')).stdout).toBe(`${uid}: support, operator\n`)
    expect(await rolesNow()).toEqual(['customer', 'support', 'operator'])
    expect((await people.getUser(uid)).customClaims).toMatchObject({ tier: 'gold' })
    await expect(grant(email, 'emperor')).rejects.toThrow(/emperor|Invalid option/)
    await grant(uid)
    expect(await rolesNow()).toEqual(['customer'])
  })

  it.each(['cut', 'silent'] as const)(
    'are told to come back while the line to Firebase is %s; nobody is signed out, and it goes on by itself',
    async (state) => {
      const token = await (await signUp()).getIdToken()
      const cookies = { sid: (await openSession(token)).cookies[0]?.value ?? '' }
      line.become(state)
      isLineOpen = false
      const began = systemClock.monotonicMs()
      expect(await outcomeOf(token)).toEqual([503, 'sign-in-unavailable'])
      expect(systemClock.monotonicMs() - began).toBeLessThan(20_000)
      expect((await bench.app.inject({ url: '/api/orders', cookies })).statusCode).toBe(200)
      line.become('open')
      isLineOpen = true
      expect(await outcomeOf(token)).toBe(201)
    },
  )
})
