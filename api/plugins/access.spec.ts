import Fastify, { type InjectOptions } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { CustomerId } from '#domain/ids.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { Role } from '#platform/identity/port.ts'
import { openSqliteSessions } from '#platform/sessions/sqlite.ts'
import type { ApiScope } from '../instance.ts'
import type { AccountStanding } from './account-standing.ts'
import { admitAsDeclared, isAdmittedTo, type DeclaredRoute } from './access.ts'
import { replyWithProblems } from './problem-replies.ts'
import { useSessions } from './session-cookies.ts'

describe('what a route declares', () => {
  const sessions = openSqliteSessions({ file: ':memory:', clock: systemClock })
  const app: ApiScope = Fastify().withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  const declared: DeclaredRoute[] = []
  const standing: AccountStanding = { of: () => Promise.resolve({ knownAtMs: systemClock.nowMs() }) }

  beforeAll(async () => {
    replyWithProblems(app)
    await app.register(async (api: ApiScope) => {
      admitAsDeclared(api, declared, { standing, clock: systemClock })
      await useSessions(api, { sessions, clock: systemClock, alwaysSecure: false })
      api.post(
        '/sign-in',
        { config: { access: 'open' }, schema: { body: z.object({ roles: z.array(Role) }) } },
        async (request, reply) => {
          await request.session.regenerate()
          request.session.customer = {
            customerId: CustomerId.parse('somebody'),
            roles: request.body.roles,
            expiresAtMs: systemClock.nowMs() + 60_000,
          }
          return { token: reply.generateCsrf() }
        },
      )
      api.get('/open', { config: { access: 'open' } }, () => ({}))
      api.get('/self', { config: { access: 'self' } }, () => ({}))
      api.post('/self', { config: { access: 'self' } }, () => ({}))
      api.get('/for-admins', { config: { access: { staff: ['admin'] } } }, () => ({}))
      api.post('/for-admins', { config: { access: { staff: ['admin'] } } }, () => ({}))
      const ofOwner = z.object({ owner: z.string() })
      api.get(
        '/of/:owner',
        { config: { access: { ownerOr: ['support'] } }, schema: { params: ofOwner } },
        (request) => ({ admitted: isAdmittedTo(request, request.params.owner) }),
      )
      api.get('/self/of/:owner', { config: { access: 'self' }, schema: { params: ofOwner } }, (request) => ({
        admitted: isAdmittedTo(request, request.params.owner),
      }))
    })
  })
  afterAll(async () => {
    await app.close()
    await sessions.close()
  })

  const signIn = async (roles: readonly Role[]) => {
    const reply = await app.inject({ method: 'POST', url: '/sign-in', payload: { roles } })
    return {
      cookies: Object.fromEntries(reply.cookies.map(({ name, value }) => [name, value])),
      token: reply.json<{ token: string }>().token,
    }
  }
  const answerTo = async (asking: InjectOptions, roles?: readonly Role[]): Promise<unknown[]> => {
    const session = roles === undefined ? undefined : await signIn(roles)
    const reply = await app.inject({
      ...asking,
      ...(session === undefined
        ? {}
        : { cookies: session.cookies, headers: { 'x-csrf-token': session.token } }),
    })
    return [reply.statusCode, reply.json<{ code?: string }>().code]
  }
  const OK = [200, undefined]
  const NOT_YOURS = [403, 'role-missing']

  it.each<[Role, unknown[]]>([
    ['customer', NOT_YOURS],
    ['support', NOT_YOURS],
    ['operator', NOT_YOURS],
    ['auditor', NOT_YOURS],
    ['admin', OK],
  ])('answers %s by the roles of their session', async (role, expected) => {
    expect(await answerTo({ url: '/for-admins' }, ['customer', role])).toEqual(expected)
    expect(await answerTo({ method: 'POST', url: '/for-admins' }, ['customer', role])).toEqual(expected)
  })

  it('is closed to whoever is not signed in, HEAD too, unless it is open', async () => {
    expect(await answerTo({ url: '/open' })).toEqual(OK)
    expect(await answerTo({ url: '/self' })).toEqual([401, 'SESSION_MISSING'])
    expect(await answerTo({ url: '/for-admins' })).toEqual([401, 'SESSION_MISSING'])
    expect((await app.inject({ method: 'HEAD', url: '/self' })).statusCode).toBe(401)
  })

  it('asks for the CSRF token of the same session where something is changed', async () => {
    const [mine, other] = [await signIn([]), await signIn([])]
    const post = (token: string) =>
      app.inject({
        method: 'POST',
        url: '/self',
        cookies: mine.cookies,
        headers: token === '' ? {} : { 'x-csrf-token': token },
      })
    expect((await post(mine.token)).statusCode).toBe(200)
    for (const token of ['', other.token, 'nonsense']) {
      const reply = await post(token)
      expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([403, 'csrf-token-invalid'])
    }
  })

  it('admits the owner and the roles that are named, to what is theirs', async () => {
    const admitted = async (url: string, roles: readonly Role[]) => {
      const { cookies } = await signIn(roles)
      return (await app.inject({ url, cookies })).json<{ admitted?: boolean }>().admitted
    }
    expect(await admitted('/of/somebody', [])).toBe(true)
    expect(await admitted('/of/another', [])).toBe(false)
    expect(await admitted('/of/another', ['support'])).toBe(true)
    expect(await admitted('/of/another', ['auditor', 'operator'])).toBe(false)
  })

  it('is what the check of an owner goes by: a route that names no owner has none', async () => {
    expect(await answerTo({ url: '/self/of/somebody' }, [])).toEqual([500, 'internal-error'])
  })

  it('is listed, with the HEAD that comes with each GET', () => {
    expect(declared).toContainEqual({ method: 'HEAD', url: '/self', access: 'self', isSocket: false })
    expect(declared).toContainEqual({ method: 'POST', url: '/sign-in', access: 'open', isSocket: false })
  })

  it('may not be left out, nor ask for a session where there are none: the shop does not start', async () => {
    const starting = async (add: (api: ApiScope) => void) => {
      const broken: ApiScope = Fastify().withTypeProvider<ZodTypeProvider>()
      broken.setValidatorCompiler(validatorCompiler)
      broken.setSerializerCompiler(serializerCompiler)
      await broken.register(async (api: ApiScope) => {
        admitAsDeclared(api, [], { standing, clock: systemClock })
        add(api)
      })
      await broken.ready()
    }
    await expect(starting((api) => api.get('/forgotten', () => ({})))).rejects.toThrow(
      'GET /forgotten does not say who may use it',
    )
    await expect(
      starting((api) => api.get('/me', { config: { access: 'self' } }, () => ({}))),
    ).rejects.toThrow('there are no sessions here')
  })
})
