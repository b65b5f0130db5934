import { createRemoteJWKSet, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../clock/clock.ts'
import { manualClock } from '../clock/manual-clock.ts'
import { identityContract } from './contract.ts'
import { firebaseAccounts, type FirebaseAccounts } from './firebase-accounts.ts'
import { firebaseIdentity } from './firebase.ts'
import { IdentityUnavailable } from './port.ts'
import { firebaseStandIn, type FirebaseStandIn, type Mood } from './testing.ts'

const PROJECT = 'demo-kessai'
const ISSUER = `https://securetoken.google.com/${PROJECT}`

identityContract('Firebase', async () => {
  const standIn = await firebaseStandIn()
  standIn.accounts.set('hanako', { disabled: false, validSinceSeconds: 0 })
  const accounts = await firebaseAccounts({ projectId: PROJECT, emulatorHost: standIn.host })
  const clock = manualClock(Date.UTC(2026, 10, 20, 12))
  return {
    clock,
    verifier: firebaseIdentity({
      projectId: PROJECT,
      accounts,
      clock,
      keys: createRemoteJWKSet(standIn.keysUrl),
    }),
    privateKey: standIn.privateKey,
    header: standIn.header,
    issuer: ISSUER,
    audience: PROJECT,
    close: async () => {
      await accounts.close()
      await standIn.close()
    },
  }
})

describe('what Firebase knows besides the token', () => {
  let standIn: FirebaseStandIn
  let accounts: FirebaseAccounts
  beforeAll(async () => {
    standIn = await firebaseStandIn()
    accounts = await firebaseAccounts({ projectId: PROJECT, emulatorHost: standIn.host })
  })
  afterAll(async () => {
    await accounts.close()
    await standIn.close()
  })
  beforeEach(() => {
    standIn.become('answering')
    standIn.accounts.clear()
    standIn.accounts.set('hanako', { disabled: false, validSinceSeconds: 0 })
  })

  const nowSeconds = Math.floor(systemClock.nowMs() / 1_000)
  /** Stands still, so that a busy machine does not pass for a Firebase that says nothing. */
  const clock = manualClock(nowSeconds * 1_000)
  const claims = (replaced: Readonly<Record<string, unknown>>) => ({
    iss: ISSUER,
    aud: PROJECT,
    sub: 'hanako',
    auth_time: nowSeconds - 60,
    iat: nowSeconds,
    exp: nowSeconds + 3_600,
    ...replaced,
  })
  const token = (replaced: Readonly<Record<string, unknown>> = {}, header = standIn.header) =>
    new SignJWT(claims(replaced)).setProtectedHeader(header).sign(standIn.privateKey)
  const identity = (withinMs = 5_000) =>
    firebaseIdentity({
      projectId: PROJECT,
      accounts,
      clock,
      keys: createRemoteJWKSet(standIn.keysUrl, { timeoutDuration: 60_000, cooldownDuration: 0 }),
      withinMs,
    })

  it('refuses an account that is disabled, and takes it again afterwards', async () => {
    standIn.accounts.set('hanako', { disabled: true, validSinceSeconds: 0 })
    expect(await identity().verify(await token())).toBe('invalid')
    standIn.accounts.set('hanako', { disabled: false, validSinceSeconds: 0 })
    expect(await identity().verify(await token())).toMatchObject({ subject: 'hanako' })
  })

  it('refuses an account that is no more', async () => {
    standIn.accounts.clear()
    expect(await identity().verify(await token())).toBe('invalid')
  })

  it('refuses tokens of sign-ins before a revocation, to the second', async () => {
    const verify = async (auth_time: number | undefined) => identity().verify(await token({ auth_time }))
    standIn.accounts.set('hanako', { disabled: false, validSinceSeconds: nowSeconds - 30 })
    expect(await verify(nowSeconds - 31)).toBe('invalid')
    expect(await verify(nowSeconds - 30)).toMatchObject({ subject: 'hanako' })
    // It cannot be told from when it is.
    expect(await verify(undefined)).toBe('invalid')
  })

  it('says of an account alone from when on its sign-ins count, or that it has ended', async () => {
    const standing = async () => identity().standing?.('hanako')
    standIn.accounts.set('hanako', { disabled: false, validSinceSeconds: nowSeconds - 30 })
    expect(await standing()).toEqual({ validSinceMs: (nowSeconds - 30) * 1_000 })
    standIn.accounts.set('hanako', { disabled: true, validSinceSeconds: 0 })
    expect(await standing()).toBe('ended')
    standIn.accounts.clear()
    expect(await standing()).toBe('ended')
  })

  it.each<Mood>(['hanging-up', 'silent', 'failing', 'babbling'])(
    'does not say that an account has ended while Firebase is %s',
    async (mood) => {
      standIn.become(mood)
      const answer = Promise.allSettled([identity(300).standing?.('hanako')])
      await clock.advance(300)
      expect(await answer).toEqual([{ status: 'rejected', reason: expect.any(IdentityUnavailable) }])
    },
  )

  it.each([
    ['of nobody, whom Firebase calls anonymous', { sign_in_provider: 'anonymous' }],
    [
      'of a tenant, whose people may have the names of ours',
      { sign_in_provider: 'password', tenant: 'other' },
    ],
    ['with a word of Firebase that is none', 'password'],
  ])('refuses a token %s, and asks nothing about the account', async (_, firebase) => {
    const before = standIn.asked()
    const verifier = identity()
    await verifier.verify(await token({ firebase: { sign_in_provider: 'password' } }))
    const asked = standIn.asked()
    expect(asked).toBeGreaterThan(before)
    expect(await verifier.verify(await token({ firebase }))).toBe('invalid')
    expect(standIn.asked()).toBe(asked)
  })

  it('asks nothing about an account before the token itself is good', async () => {
    const verifier = identity()
    await verifier.verify(await token())
    const before = standIn.asked()
    expect(await verifier.verify(await token({ aud: 'another-shop' }))).toBe('invalid')
    expect(await verifier.verify('not.a.token')).toBe('invalid')
    expect(standIn.asked()).toBe(before)
  })

  it('refuses a token that names a key Google does not have', async () => {
    expect(await identity().verify(await token({}, { alg: 'RS256', kid: 'of-last-year' }))).toBe('invalid')
  })

  it.each<Mood>(['hanging-up', 'silent', 'failing', 'babbling'])(
    'says that it does not know while Firebase is %s, for keys and for accounts, and knows again afterwards',
    async (mood) => {
      const [warm, cold, good] = [identity(400), identity(400), await token()]
      expect(await warm.verify(good)).toMatchObject({ subject: 'hanako' })
      standIn.become(mood)
      const answers = Promise.allSettled([warm.verify(good), cold.verify(good)])
      await clock.advance(400)
      const unknown = { status: 'rejected', reason: expect.any(IdentityUnavailable) }
      expect(await answers).toEqual([unknown, unknown])
      standIn.become('answering')
      for (const again of [warm, cold, identity()])
        expect(await again.verify(good)).toMatchObject({ subject: 'hanako' })
    },
  )

  it('leaves at most so many questions open, and takes new ones once they are settled', async () => {
    let settle = (): void => {}
    const silence = new Promise<void>((resolve) => {
      settle = resolve
    })
    let asked = 0
    const verifier = firebaseIdentity({
      projectId: PROJECT,
      clock,
      keys: 'unsigned',
      withinMs: 50,
      accounts: {
        find: async () => {
          asked += 1
          await silence
          return { disabled: false, validSinceMs: 0 }
        },
        remove: async () => {},
        close: async () => {},
      },
    })
    const unsigned = new UnsecuredJWT(claims({})).encode()
    const settled = Promise.allSettled(Array.from({ length: 80 }, () => verifier.verify(unsigned)))
    await clock.advance(50)
    const outcomes = await settled
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
    expect(asked).toBe(64)
    settle()
    await silence
    await new Promise(setImmediate)
    expect(await verifier.verify(unsigned)).toMatchObject({ subject: 'hanako' })
  })

  it('tells nothing about the person when it does not know', async () => {
    standIn.become('failing')
    const trouble = await identity(400)
      .verify(await token({ sub: 'hanako', email: 'hanako@example.com' }))
      .catch((error: unknown) => String(error))
    expect(trouble).toContain('IdentityUnavailable')
    expect(trouble).not.toContain('hanako')
  })
})

describe('an emulator’s tokens', () => {
  it('are good unsigned and only so, and go through every other check', async () => {
    const standIn = await firebaseStandIn()
    standIn.accounts.set('hanako', { disabled: false, validSinceSeconds: 0 })
    const accounts = await firebaseAccounts({ projectId: PROJECT, emulatorHost: standIn.host })
    const clock = manualClock(Date.UTC(2026, 10, 20, 12))
    const verifier = firebaseIdentity({ projectId: PROJECT, accounts, clock, keys: 'unsigned' })
    const now = clock.nowMs() / 1_000
    const claims = { iss: ISSUER, aud: PROJECT, sub: 'hanako', auth_time: now, iat: now, exp: now + 60 }
    const verify = (replaced: Readonly<Record<string, unknown>> = {}) =>
      verifier.verify(new UnsecuredJWT({ ...claims, ...replaced }).encode())
    expect(await verify()).toMatchObject({ subject: 'hanako', roles: ['customer'] })
    for (const bad of [{ aud: 'another' }, { iss: 'another' }, { sub: '' }, { exp: now }, { iat: now + 60 }])
      expect(await verify(bad)).toBe('invalid')
    const { privateKey } = await generateKeyPair('RS256')
    const signed = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)
    expect(await verifier.verify(signed)).toBe('invalid')
    standIn.accounts.clear()
    expect(await verify()).toBe('invalid')
    await accounts.close()
    await standIn.close()
  })
})
