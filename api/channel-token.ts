import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { OrderId } from '#domain/ids.ts'
import type { Clock } from '#platform/clock/clock.ts'

/** What a socket token allows: following one order, for as long as the session it was given to lives. */
interface ChannelGrant {
  readonly orderId: OrderId
  /** See `sessionKey`. */
  readonly sessionKey: string
}

export interface ChannelTokens {
  readonly issue: (grant: ChannelGrant) => Promise<string>
  readonly verify: (token: string) => Promise<ChannelGrant | 'invalid'>
}

const LIFE_MS = 15 * 60_000
const MINUTE_MS = 60_000
const LONGEST_TOKEN = 1_024
const AUDIENCE = 'order-channel'

const Claims = z.object({ sub: OrderId, sid: z.string().min(1) })

/**
 * Tokens for `WS /ws/orders`. The expiry is rounded up to a whole minute and there is no issue time, so that a prompt
 * repeat of a request is answered with the same bytes.
 */
export const channelTokens = (secret: Uint8Array, clock: Clock): ChannelTokens => ({
  issue: ({ orderId, sessionKey }) =>
    new SignJWT({ sid: sessionKey })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience(AUDIENCE)
      .setSubject(orderId)
      .setExpirationTime((Math.ceil((clock.nowMs() + LIFE_MS) / MINUTE_MS) * MINUTE_MS) / 1_000)
      .sign(secret),
  verify: async (token) => {
    if (token.length > LONGEST_TOKEN) return 'invalid'
    try {
      const { payload } = await jwtVerify(token, secret, {
        algorithms: ['HS256'],
        audience: AUDIENCE,
        requiredClaims: ['exp'],
        currentDate: new Date(clock.nowMs()),
      })
      const claims = Claims.safeParse(payload)
      return claims.success ? { orderId: claims.data.sub, sessionKey: claims.data.sid } : 'invalid'
    } catch {
      return 'invalid'
    }
  },
})
