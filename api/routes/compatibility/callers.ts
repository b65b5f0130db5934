import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { CustomerId } from '#domain/ids.ts'
import { derivedId } from '#platform/ids/ids.ts'
import type { ApiScope } from '../../instance.ts'
import { SESSION_COOKIE } from '../../plugins/session-cookies.ts'

/** The other systems whose addresses are answered here. */
export type Dialect = 'gozon' | 'hw4'

/** A user as another system names them. */
export const UserId = z.string().regex(/^[\x21-\x7e]{1,128}$/, 'has 1 to 128 printable characters')

/**
 * Who that is here. A header or a query proves nothing, so it never leads to a customer who signs in: those of the other
 * systems are people of their own.
 */
export const customerOfUser = (userId: string): CustomerId =>
  CustomerId.parse(derivedId('compatibility-user', userId))

const CONSTRAINT = 'dialect'
const OWN_COOKIE = new RegExp(`(?:^|;\\s*)${SESSION_COOKIE}=`)

/** Which system a request is meant for; undefined for this shop's own, which every request with a session is. */
const dialectOf = ({ headers, url = '' }: IncomingMessage): Dialect | undefined => {
  if (OWN_COOKIE.test(headers.cookie ?? '')) return undefined
  if (headers['x-user-id'] !== undefined) return 'gozon'
  const query = url.indexOf('?')
  return query >= 0 && new URLSearchParams(url.slice(query)).has('userId') ? 'hw4' : undefined
}

/** Lets routes be of one dialect, beside this shop's own and its pages at the same address. Before any route is there. */
export const tellDialects = (app: ApiScope): void => {
  app.addConstraintStrategy({
    name: CONSTRAINT,
    storage: () => {
      const handlers = new Map<unknown, never>()
      return {
        get: (dialect) => handlers.get(dialect) ?? null,
        set: (dialect, handler) => {
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the router gets back what it put in
          handlers.set(dialect, handler as never)
        },
      }
    },
    deriveConstraint: dialectOf,
    mustMatchWhenDerived: false,
  })
}

export const inDialect = (dialect: Dialect) => ({
  constraints: { [CONSTRAINT]: dialect },
  config: { access: 'compatibility' as const },
})
