import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { SealedEnvelope } from './port.ts'

const ALGORITHM = 'aes-256-gcm'
/** 96 bits, the size GCM is made for; random ones are safe far beyond what one customer's key ever seals. */
const IV_BYTES = 12
const TAG_BYTES = 16

export type Sealed = Omit<SealedEnvelope, 'keyId' | 'algorithm'>

/** `context` is bound to the ciphertext: it opens only with the same one. */
export const encrypt = (key: Uint8Array, context: string, plain: Uint8Array): Sealed => {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(context, 'utf8'))
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()])
  return {
    iv: iv.toString('base64url'),
    ciphertext: ciphertext.toString('base64url'),
    tag: cipher.getAuthTag().toString('base64url'),
  }
}

/** Undefined when key, context or content do not belong together. */
export const decrypt = (key: Uint8Array, context: string, sealed: Sealed): Buffer | undefined => {
  try {
    const iv = Buffer.from(sealed.iv, 'base64url')
    const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.from(context, 'utf8'))
    decipher.setAuthTag(Buffer.from(sealed.tag, 'base64url'))
    return Buffer.concat([decipher.update(Buffer.from(sealed.ciphertext, 'base64url')), decipher.final()])
  } catch {
    return undefined
  }
}
