import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt, exportJWK, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { manualClock } from '../clock/manual-clock.ts'
import { identityContract } from './contract.ts'
import { developmentIssuer, ISSUER_FILE } from './development-issuer.ts'
import { tokenVerifier } from './token-verifier.ts'

const directory = mkdtempSync(join(tmpdir(), 'kessai-identity-'))
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})
let directories = 0
const newDirectory = (): string => join(directory, String((directories += 1)))
const NOON = Date.UTC(2026, 10, 20, 12)
const Kept = z.object({ key: z.looseObject({ kty: z.string() }) })

const verified = async (issuer: Awaited<ReturnType<typeof developmentIssuer>>, idToken: string) => {
  const identity = await issuer.verify(idToken)
  if (identity === 'invalid') throw new Error('The token was refused')
  return identity
}

describe('the development issuer', () => {
  it('issues tokens that pass verification, with address, roles and expiry', async () => {
    const issuer = await developmentIssuer({ dataDir: newDirectory(), clock: manualClock(NOON) })
    const identity = await verified(
      issuer,
      await issuer.issue({ email: 'Hanako@Example.com', roles: ['operator'] }),
    )
    expect(identity).toMatchObject({
      email: 'hanako@example.com',
      roles: ['customer', 'operator'],
      expiresAtMs: NOON + 12 * 3_600_000,
    })
    expect(identity.subject).toMatch(/^[A-Za-z0-9_-]{28}$/)
  })

  it('knows a person again by the address, also after a restart, and tells two apart', async () => {
    const [dataDir, clock] = [newDirectory(), manualClock(NOON)]
    const before = await developmentIssuer({ dataDir, clock })
    const first = await verified(before, await before.issue({ email: 'hanako@example.com' }))
    const token = await before.issue({ email: 'hanako@example.com ' })
    const after = await developmentIssuer({ dataDir, clock })
    expect((await verified(after, token)).subject).toBe(first.subject)
    const other = await verified(after, await after.issue({ email: 'taro@example.com' }))
    expect(other.subject).not.toBe(first.subject)
  })

  it('names the same address differently in another installation', async () => {
    const clock = manualClock(NOON)
    const one = await developmentIssuer({ dataDir: newDirectory(), clock })
    const other = await developmentIssuer({ dataDir: newDirectory(), clock })
    const email = 'hanako@example.com'
    const subjects = [
      await verified(one, await one.issue({ email })),
      await verified(other, await other.issue({ email })),
    ]
    expect(subjects[0]?.subject).not.toBe(subjects[1]?.subject)
  })

  it('keeps its key for its owner alone', async () => {
    const dataDir = newDirectory()
    await developmentIssuer({ dataDir, clock: manualClock(NOON) })
    expect(statSync(join(dataDir, 'development-issuer.jwk.json')).mode & 0o777).toBe(0o600)
  })

  it('agrees on one key with another process that starts at the same moment', async () => {
    const [dataDir, clock] = [newDirectory(), manualClock(NOON)]
    const [one, other] = await Promise.all([
      developmentIssuer({ dataDir, clock }),
      developmentIssuer({ dataDir, clock }),
    ])
    expect(await other.verify(await one.issue({ email: 'hanako@example.com' }))).not.toBe('invalid')
  })

  it('refuses a token once it has expired, to the second', async () => {
    const clock = manualClock(NOON)
    const issuer = await developmentIssuer({ dataDir: newDirectory(), clock })
    const token = await issuer.issue({ email: 'hanako@example.com' })
    await clock.advance(12 * 3_600_000 - 1)
    expect(await issuer.verify(token)).not.toBe('invalid')
    await clock.advance(1)
    expect(await issuer.verify(token)).toBe('invalid')
  })

  it("refuses another installation's tokens, altered ones, unsigned ones and what is no token", async () => {
    const clock = manualClock(NOON)
    const issuer = await developmentIssuer({ dataDir: newDirectory(), clock })
    const foreign = await developmentIssuer({ dataDir: newDirectory(), clock })
    const token = await issuer.issue({ email: 'hanako@example.com' })
    const [header, , signature] = token.split('.')
    const claims = Buffer.from(JSON.stringify({ sub: 'someone', roles: ['admin'] })).toString('base64url')
    const unsigned = new UnsecuredJWT({ roles: ['admin'] }).setSubject('someone').setIssuedAt().encode()
    for (const bad of [
      await foreign.issue({ email: 'hanako@example.com' }),
      `${header}.${claims}.${signature}`,
      unsigned,
      '',
      'not.a.token',
      'x'.repeat(100_000),
    ])
      expect(await issuer.verify(bad)).toBe('invalid')
  })
})

identityContract('the development issuer', async () => {
  const [dataDir, clock] = [newDirectory(), manualClock(NOON)]
  const issuer = await developmentIssuer({ dataDir, clock })
  const { iss = '', aud } = decodeJwt(await issuer.issue({ email: 'hanako@example.com' }))
  const { key } = Kept.parse(JSON.parse(readFileSync(join(dataDir, ISSUER_FILE), 'utf8')))
  const privateKey = await importJWK(key, 'ES256')
  if (privateKey instanceof Uint8Array) throw new TypeError('No elliptic curve key')
  return {
    verifier: issuer,
    clock,
    privateKey,
    header: { alg: 'ES256' },
    issuer: iss,
    audience: String(aud),
    close: async () => {},
  }
})

describe('the checks every issuer shares', () => {
  const setUp = async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const verifier = tokenVerifier({
      issuer: 'https://issuer.example',
      audience: 'kessai',
      algorithm: 'ES256',
      keys: publicKey,
      clock: manualClock(NOON),
    })
    const sign = (claims: Record<string, unknown>) =>
      new SignJWT({
        iss: 'https://issuer.example',
        aud: 'kessai',
        sub: 'someone',
        iat: NOON / 1_000,
        exp: NOON / 1_000 + 60,
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES256' })
        .sign(privateKey)
    return { verifier, sign, publicKey }
  }

  it('refuses a token signed with the public key as if it were a shared secret', async () => {
    const { verifier } = await setUp()
    const { publicKey } = await generateKeyPair('ES256', { extractable: true })
    const forged = await new SignJWT({ iss: 'https://issuer.example', aud: 'kessai', sub: 'someone' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt(NOON / 1_000)
      .setExpirationTime(NOON / 1_000 + 60)
      .sign(Buffer.from(JSON.stringify(await exportJWK(publicKey))))
    expect(await verifier.verify(forged)).toBe('invalid')
  })

  it("says that it does not know when the issuer's keys cannot be reached", async () => {
    const { sign } = await setUp()
    const unreachable = tokenVerifier({
      issuer: 'https://issuer.example',
      audience: 'kessai',
      algorithm: 'ES256',
      keys: async () => {
        throw new Error('connection refused')
      },
      clock: manualClock(NOON),
    })
    await expect(unreachable.verify(await sign({}))).rejects.toThrow('connection refused')
  })
})
