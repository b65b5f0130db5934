import { createHmac, randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair, importJWK, SignJWT, type CryptoKey, type JWK } from 'jose'
import { z } from 'zod'
import type { Clock } from '../clock/clock.ts'
import { keptFile } from '../keyring/secret-file.ts'
import type { IdentityVerifier, Role } from './port.ts'
import { tokenVerifier } from './token-verifier.ts'

const ISSUER = 'https://development-issuer.kessai.invalid'
const AUDIENCE = 'kessai'
const ALGORITHM = 'ES256'
/** Where the issuer keeps its key and whom it has met; a backup takes it along. */
export const ISSUER_FILE = 'development-issuer.jwk.json'
/** As long as a shopper's day; a real issuer's tokens live an hour, and its session then ends with them. */
const TOKEN_LIFE_SECONDS = 12 * 60 * 60

/** Issues tokens to whoever asks, which is why production refuses to start with it unless it is allowed by name. */
export interface DevelopmentIssuer extends IdentityVerifier {
  /**
   * A token for this address. The same address is the same subject, also after a restart, and nobody without the
   * secret beside the key can work out the address from it.
   */
  readonly issue: (person: { readonly email: string; readonly roles?: readonly Role[] }) => Promise<string>
}

export interface DevelopmentIssuerOptions {
  /** Holds the key pair and the secret, in one file for its owner alone. */
  readonly dataDir: string
  readonly clock: Clock
}

const Kept = z.object({
  key: z.looseObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string(),
    y: z.string(),
    d: z.string(),
  }),
  subjectSecret: z.string().min(32),
})

/** The development issuer: its tokens pass through the same checks as those of a real one. */
export const developmentIssuer = async ({
  dataDir,
  clock,
}: DevelopmentIssuerOptions): Promise<DevelopmentIssuer> => {
  const fresh = await freshKey()
  const kept = Kept.parse(JSON.parse(keptFile(dataDir, ISSUER_FILE, () => JSON.stringify(fresh))))
  const { d: _private, ...publicPart } = kept.key
  const [privateKey, publicKey] = await Promise.all([imported(kept.key), imported(publicPart)])

  const subjectOf = (email: string): string =>
    createHmac('sha256', kept.subjectSecret).update(normalized(email)).digest('base64url').slice(0, 28)

  return {
    ...tokenVerifier({ issuer: ISSUER, audience: AUDIENCE, algorithm: ALGORITHM, keys: publicKey, clock }),
    issue: ({ email, roles = [] }) => {
      const nowSeconds = Math.floor(clock.nowMs() / 1_000)
      return new SignJWT({ email: normalized(email), email_verified: true, roles: [...roles] })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(subjectOf(email))
        .setIssuedAt(nowSeconds)
        .setExpirationTime(nowSeconds + TOKEN_LIFE_SECONDS)
        .sign(privateKey)
    },
  }
}

const normalized = (email: string): string => email.trim().normalize('NFC').toLowerCase()

const freshKey = async (): Promise<{ key: JWK; subjectSecret: string }> => {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
  return { key: await exportJWK(privateKey), subjectSecret: randomBytes(32).toString('base64url') }
}

const imported = async (jwk: JWK): Promise<CryptoKey> => {
  const key = await importJWK(jwk, ALGORITHM)
  if (key instanceof Uint8Array) throw new TypeError(`${ISSUER_FILE} does not hold an elliptic curve key`)
  return key
}
