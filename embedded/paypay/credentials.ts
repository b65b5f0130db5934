import { X509Certificate, createPrivateKey, randomBytes, randomInt } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { errorCode } from './error-code.ts'

const credentialsSchema = z.object({
  apiKey: z.string().regex(/^[^:]+$/),
  apiSecret: z.string().min(1),
  merchantId: z.string().min(1),
})

/** What PayPay gives a merchant, made up at the first start. */
export type Credentials = z.output<typeof credentialsSchema>

export interface TlsIdentity {
  /** Self-signed for localhost and 127.0.0.1; serves as its own authority. */
  certPem: string
  keyPem: string
}

/** The credentials in `credentials.json`, made on first use. Throws when the file is there but unreadable. */
export function loadCredentials(directory: string): Credentials {
  const path = join(directory, 'credentials.json')
  const stored = readIfThere(path)
  if (stored !== undefined) return credentialsSchema.parse(JSON.parse(stored))
  const made = makeCredentials()
  writeSecret(path, `${JSON.stringify(made, null, 2)}\n`)
  return made
}

const MONTH_MS = 30 * 86_400_000

export function makeCredentials(): Credentials {
  return {
    apiKey: `a_sim${randomBytes(9).toString('base64url')}`,
    apiSecret: randomBytes(32).toString('base64'),
    merchantId: `9900000${String(randomInt(10 ** 11)).padStart(11, '0')}`,
  }
}

/** The certificate in `cert.pem` and `key.pem`, made on first use and again within a month of its end. */
export async function loadTlsIdentity(directory: string): Promise<TlsIdentity> {
  const certPath = join(directory, 'cert.pem')
  const keyPath = join(directory, 'key.pem')
  const certPem = readIfThere(certPath)
  const keyPem = readIfThere(keyPath)
  if (certPem !== undefined && keyPem !== undefined) {
    const certificate = new X509Certificate(certPem)
    // A start killed between the two writes leaves a pair that does not match.
    const matches = certificate.checkPrivateKey(createPrivateKey(keyPem))
    if (matches && Date.parse(certificate.validTo) - Date.now() > MONTH_MS) return { certPem, keyPem }
  }
  const made = await makeTlsIdentity()
  writeSecret(keyPath, made.keyPem)
  writeSecret(certPath, made.certPem, 0o644)
  return made
}

export async function makeTlsIdentity(): Promise<TlsIdentity> {
  // Loaded only when a certificate is due, because the library takes longer to load than the rest to start.
  const { generate } = await import('selfsigned')
  const dayMs = 86_400_000
  const made = await generate([{ name: 'commonName', value: 'PayPay simulator' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - dayMs),
    notAfterDate: new Date(Date.now() + 3_650 * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  })
  return { certPem: made.cert, keyPem: made.private }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Written beside and renamed, so that a killed start never leaves half a file. */
function writeSecret(path: string, text: string, mode = 0o600): void {
  mkdirSync(join(path, '..'), { recursive: true })
  const draft = `${path}.${process.pid}.new`
  writeFileSync(draft, text, { mode })
  renameSync(draft, path)
}
