import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose'
import type { ManualClock } from '../clock/manual-clock.ts'
import type { IdentityVerifier } from './port.ts'

/** An issuer whose tokens can be made at will. */
export interface IssuerAtHand {
  readonly verifier: IdentityVerifier
  /** The verifier's. */
  readonly clock: ManualClock
  readonly privateKey: CryptoKey
  /** The header of its tokens. */
  readonly header: { readonly alg: string; readonly kid?: string }
  readonly issuer: string
  readonly audience: string
  readonly close: () => Promise<void>
}

type Replaced = Readonly<Record<string, unknown>>

/** What every issuer's tokens must go through. `open` gives one that knows the subject `hanako`. */
export const identityContract = (name: string, open: () => Promise<IssuerAtHand>): void => {
  describe(`tokens of ${name}`, () => {
    let at: IssuerAtHand
    beforeAll(async () => {
      at = await open()
    })
    afterAll(() => at.close())

    const claimsWith = (replaced: Replaced): Record<string, unknown> => {
      const nowSeconds = Math.floor(at.clock.nowMs() / 1_000)
      return {
        iss: at.issuer,
        aud: at.audience,
        sub: 'hanako',
        auth_time: nowSeconds,
        iat: nowSeconds,
        exp: nowSeconds + 3_600,
        email: 'hanako@example.com',
        email_verified: true,
        ...replaced,
      }
    }
    const signed = (replaced: Replaced = {}, key: CryptoKey = at.privateKey): Promise<string> =>
      new SignJWT(claimsWith(replaced)).setProtectedHeader({ ...at.header, typ: 'JWT' }).sign(key)
    const verified = async (replaced: Replaced) => at.verifier.verify(await signed(replaced))

    it('say who it is, with which roles, and until when', async () => {
      expect(await verified({ roles: ['operator', 'auditor'] })).toEqual({
        subject: 'hanako',
        email: 'hanako@example.com',
        roles: ['customer', 'operator', 'auditor'],
        expiresAtMs: (Math.floor(at.clock.nowMs() / 1_000) + 3_600) * 1_000,
        signedInAtMs: Math.floor(at.clock.nowMs() / 1_000) * 1_000,
      })
    })

    it('may name one role alone, and roles that are not of this shop, which are left out', async () => {
      expect(await verified({ role: 'support' })).toMatchObject({ roles: ['customer', 'support'] })
      expect(await verified({ role: 'merchant', roles: ['emperor', 'admin', 'admin'] })).toMatchObject({
        roles: ['customer', 'admin'],
      })
    })

    it.each([
      ['is not verified', { email_verified: false }],
      ['is not said to be verified', { email_verified: undefined }],
      ['cannot be one', { email: 'hanako' }],
      ['is not there', { email: undefined, email_verified: undefined }],
    ])('are good without their address where it %s', async (_what, replaced) => {
      expect(await verified(replaced)).toMatchObject({ subject: 'hanako' })
      expect(await verified(replaced)).not.toHaveProperty('email')
    })

    it('end to the second', async () => {
      const token = await signed({ exp: Math.floor(at.clock.nowMs() / 1_000) + 60 })
      await at.clock.advance(59_000)
      expect(await at.verifier.verify(token)).toMatchObject({ subject: 'hanako' })
      await at.clock.advance(1_000)
      expect(await at.verifier.verify(token)).toBe('invalid')
    })

    it.each([
      ['of another issuer', { iss: 'https://other.example' }],
      ['for another audience', { aud: 'another-shop' }],
      ['without a subject', { sub: undefined }],
      ['with an empty subject', { sub: '' }],
      ['with a subject that is too long', { sub: 'x'.repeat(129) }],
      ['without an expiry', { exp: undefined }],
      ['without an issue time', { iat: undefined }],
      ['with roles that are no list', { roles: 'admin' }],
      ['that are too long', { padding: 'x'.repeat(9_000) }],
    ])('are refused %s', async (_what, replaced) => {
      expect(await verified(replaced)).toBe('invalid')
    })

    it('are refused from the future', async () => {
      const nowSeconds = at.clock.nowMs() / 1_000
      expect(await verified({ iat: nowSeconds + 31 })).toBe('invalid')
      expect(await verified({ iat: nowSeconds + 20 })).toMatchObject({ subject: 'hanako' })
    })

    it('are refused altered, signed by somebody else, unsigned, and when they are none', async () => {
      const [header, , signature] = (await signed()).split('.')
      const altered = Buffer.from(JSON.stringify(claimsWith({ roles: ['admin'] }))).toString('base64url')
      const { privateKey: foreign } = await generateKeyPair(at.header.alg)
      for (const bad of [
        `${header}.${altered}.${signature}`,
        `${header}.${altered}.`,
        await signed({}, foreign),
        new UnsecuredJWT(claimsWith({})).encode(),
        '',
        'not.a.token',
        '..',
        'x'.repeat(100_000),
      ])
        expect(await at.verifier.verify(bad), bad.slice(0, 40)).toBe('invalid')
    })
  })
}
