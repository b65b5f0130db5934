import Fastify, { type InjectOptions } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { CustomerId } from '#domain/ids.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { Role } from '#platform/identity/port.ts'
import { openSqliteSessions } from '#platform/sessions/sqlite.ts'
import type { ApiScope } from '../../instance.ts'
import { replyWithProblems } from '../../plugins/problem-replies.ts'
import { requireSignIn, useSessions } from '../../plugins/session-cookies.ts'
import { onlyRoles, requireStaff } from './staff-only.ts'

describe('a room for staff', () => {
  const sessions = openSqliteSessions({ file: ':memory:', clock: systemClock })
  const app: ApiScope = Fastify().withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)

  beforeAll(async () => {
    replyWithProblems(app)
    await app.register(async (api: ApiScope) => {
      await useSessions(api, { sessions, clock: systemClock, alwaysSecure: false })
      api.post('/sign-in', { schema: { body: z.object({ roles: z.array(Role) }) } }, async (request) => {
        await request.session.regenerate()
        request.session.customer = {
          customerId: CustomerId.parse('somebody'),
          roles: request.body.roles,
          expiresAtMs: systemClock.nowMs() + 60_000,
        }
        return {}
      })
      await api.register(async (signedIn: ApiScope) => {
        requireSignIn(signedIn)
        signedIn.get('/outside', () => ({}))
        await signedIn.register((room: ApiScope, _options, done) => {
          requireStaff(room)
          room.get('/says-nothing-of-roles', () => ({}))
          room.get('/for-admins', { onRequest: onlyRoles(['admin']) }, () => ({}))
          done()
        })
      })
    })
  })
  afterAll(async () => {
    await app.close()
    await sessions.close()
  })

  const answerTo = async (url: string, roles?: readonly Role[]): Promise<unknown[]> => {
    const asking: InjectOptions = { url }
    if (roles !== undefined) {
      const signedIn = await app.inject({ method: 'POST', url: '/sign-in', payload: { roles } })
      asking.cookies = Object.fromEntries(signedIn.cookies.map(({ name, value }) => [name, value]))
    }
    const reply = await app.inject(asking)
    return [reply.statusCode, reply.json<{ code?: string }>().code]
  }
  const OK = [200, undefined]
  const NOT_YOURS = [403, 'role-missing']

  it.each<[Role, unknown[], unknown[]]>([
    ['customer', NOT_YOURS, NOT_YOURS],
    ['support', OK, NOT_YOURS],
    ['operator', OK, NOT_YOURS],
    ['auditor', OK, NOT_YOURS],
    ['admin', OK, OK],
  ])('answers %s by their role, also where a route says nothing of roles', async (role, open, strict) => {
    expect(await answerTo('/says-nothing-of-roles', ['customer', role])).toEqual(open)
    expect(await answerTo('/for-admins', ['customer', role])).toEqual(strict)
  })

  it('is closed to whoever has no role at all or is not signed in', async () => {
    expect(await answerTo('/says-nothing-of-roles', [])).toEqual(NOT_YOURS)
    expect(await answerTo('/says-nothing-of-roles')).toEqual([401, 'SESSION_MISSING'])
  })

  it('leaves what is outside of it to everybody', async () => {
    expect(await answerTo('/outside', ['customer'])).toEqual(OK)
  })
})
