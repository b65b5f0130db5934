import helmet from '@fastify/helmet'
import type { ApiScope } from '../instance.ts'

/** An API's replies are data: nothing in them may be run, framed or guessed at. */
const NOTHING = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
  },
}

/** The documentation page runs its own script and draws with inline styles and data images; nothing leaves the origin. */
export const DOCUMENTATION_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Covers the scope it is called on, so that pages served beside the API can have a policy of their own. */
export const setSecurityHeaders = async (app: ApiScope, isProduction: boolean): Promise<void> => {
  await app.register(helmet, {
    contentSecurityPolicy: NOTHING,
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    // Development runs on plain http, where this header would lock a developer's browser out of every local server.
    strictTransportSecurity: isProduction ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  })
}
