import type { Metadata, ServiceError } from '@grpc/grpc-js'
import { createHash, timingSafeEqual } from 'node:crypto'
import { accessDeniedError, wrongCredentialsError } from '../wire/refusals.ts'

/** User names and their passwords. Each is an administrator (`$admins`), so no `$acl` of a stream stops them. */
export type Users = Readonly<Record<string, string>>

/** The error that ends a call whose caller is not allowed in, or undefined. */
export type Doorkeeper = (metadata: Metadata) => ServiceError | undefined

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * Checks the Basic credentials of a call. Without users the door is open: that is the insecure mode, in which
 * the client does not even send its credentials.
 */
export const createDoorkeeper = (users: Users | undefined): Doorkeeper => {
  if (users === undefined) return () => undefined
  const known = Object.entries(users).map(([name, password]) => digest(`${name}:${password}`))
  return (metadata) => {
    const header = metadata.get('authorization')[0]?.toString()
    const encoded = /^basic (.+)$/i.exec(header ?? '')?.[1]
    if (encoded === undefined) return accessDeniedError()
    const presented = digest(Buffer.from(encoded, 'base64').toString('utf8'))
    const isKnown = known.some((candidate) => timingSafeEqual(candidate, presented))
    return isKnown ? undefined : wrongCredentialsError()
  }
}
