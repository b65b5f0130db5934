import { randomUUID } from 'node:crypto'
import type { InjectOptions } from 'fastify'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { alert } from '#domain/alert/aggregate.ts'
import { merchantPaymentIdOf, OrderId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { order } from '#domain/order/aggregate.ts'
import { raiseAlert } from '#domain/alert/samples.ts'
import { Role } from '#platform/identity/port.ts'
import { parking } from '#processmanagers/parking/parking.ts'
import { parkedIdOf } from '../parked/parked-id.ts'
import type { DeclaredRoute } from '../plugins/access.ts'
import { connectTo, contextFor } from '../realtime/testing.ts'
import { apiBench, until, type Browser } from '../testing.ts'
import { EXAMPLES, SOCKETS, type World } from './examples.ts'
import { CALLERS, cellOf, needsSession, type Caller, type Cell } from './table.ts'
import { witness } from './witness.ts'

const sight = witness()
const bench = await apiBench({ replace: sight.replace, withMail: true })
afterAll(() => bench.close())

const ROLES: Readonly<Record<Exclude<Caller, 'nobody'>, readonly Role[]>> = {
  stranger: ['customer'],
  owner: ['customer'],
  support: ['support'],
  operator: ['operator'],
  auditor: ['auditor'],
  admin: ['admin'],
}
type Callers = Readonly<Partial<Record<Caller, Browser>>>

const signedIn = async (prefix = ''): Promise<Callers> => {
  const entries = Object.entries(ROLES).map(
    async ([caller, roles]) => [caller, await bench.signIn(`${prefix}${caller}@example.com`, roles)] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}
const usual = await signedIn()
const ownerOf = (callers: Callers): Browser => {
  if (callers.owner === undefined) throw new Error('The owner is not signed in')
  return callers.owner
}

await bench.offer('sencha', 1_200)
const picture = await sharp({ create: { width: 600, height: 600, channels: 3, background: 'green' } })
  .png()
  .toBuffer()
const pictureName = `${'a'.repeat(64)}.png`
await bench.deps.images.put(pictureName, picture)
const alertId = randomUUID()
const raised = await bench.deps.commands.run(alert, alertId, { ...raiseAlert, alertId }, contextFor(alertId))
if (raised.kind === 'refused') throw new Error(raised.refusal)
await bench.projections.waitFor(raised.position, 30_000)
const parkedKey = { name: 'relay', key: randomUUID() }
await bench.deps.commands.run(
  parking,
  parkedKey.name,
  { type: 'ParkWork', key: parkedKey.key, work: { kind: 'deadline', name: 'd' }, error: 'e', atMs: 0 },
  contextFor(parkedKey.key),
)

const placed = async (): Promise<string> => {
  const reply = await ownerOf(usual).order({
    items: [{ productId: 'sencha', quantity: 1 }],
    paymentMethod: 'PAYPAY',
    contact: { name: '山田花子', email: 'hanako.private@example.com' },
  })
  expect(reply.statusCode).toBe(201)
  const { orderId, position } = reply.json<{ orderId: string; position: number }>()
  await bench.projections.waitFor(position, 30_000)
  return orderId
}
const firstOrder = await placed()
const { mailId } = await until('the owner has a mail', async () => {
  const listed = await ownerOf(usual).get('/api/mailbox')
  return listed.json<{ items: { mailId: string }[] }>().items[0]
})
const worldOf = async (orderId = firstOrder): Promise<World> => {
  const signIn = { method: 'POST', url: '/api/dev/sign-in', payload: { email: 'new@example.com' } } as const
  const { idToken } = (await bench.app.inject(signIn)).json<{ idToken: string }>()
  const parkedId = parkedIdOf(parkedKey)
  const key = randomUUID()
  return { orderId, alertId, parkedId, mailId, productId: 'sencha', pictureName, picture, idToken, key }
}

const nameOf = ({ method, url }: DeclaredRoute): string => `${method === 'HEAD' ? 'GET' : method} ${url}`
const requestFor = (route: DeclaredRoute, world: World): InjectOptions => {
  const asked = EXAMPLES[nameOf(route)]?.(world)
  if (asked === undefined) throw new Error(`${nameOf(route)} has no example of a request`)
  return { ...asked, method: route.method }
}
const ask = (browser: Browser | undefined, request: InjectOptions) =>
  browser === undefined ? bench.app.inject(request) : browser.send(request)

/** A new standing ends the one before, so whoever asks these is signed in anew. */
const ENDING_SESSIONS = ['/api/auth/logout', '/api/auth/session', '/api/me/forget']
/** What is wrong with the question itself, or with the shop, would hide who may ask it. */
const NO_ANSWER = [400, 401, 403, 404, 405, 406, 413, 415, 422, 429, 500, 503]

const routes = bench.app.declaredRoutes
const plain = routes.filter(({ isSocket }) => !isSocket)
const sockets = routes.filter(({ isSocket }) => isSocket)
const changing = plain.filter((route) => needsSession(route) && !['GET', 'HEAD'].includes(route.method))

describe.each(plain.map((route) => ({ route, name: `${route.method} ${route.url}` })))(
  '$name',
  ({ route }) => {
    it('answers each caller as the table says, and does and tells nothing where it refuses', async () => {
      const callers = ENDING_SESSIONS.includes(route.url) ? await signedIn('short-') : usual
      const isOfOwner = typeof route.access === 'object' && 'ownerOr' in route.access
      const orderId = isOfOwner ? await placed() : firstOrder
      // Those who are refused go first: what the others change must not be the reason.
      const inTurn = CALLERS.toSorted((a, b) => rank(cellOf(route.access, a)) - rank(cellOf(route.access, b)))
      for (const caller of inTurn) {
        const world = await worldOf(orderId)
        const expected = cellOf(route.access, caller)
        sight.seen()
        const reply = await ask(callers[caller], requestFor(route, world))
        if (expected === 'yes') {
          expect(NO_ANSWER, `${caller}: ${reply.body.slice(0, 300)}`).not.toContain(reply.statusCode)
          continue
        }
        expect(reply.statusCode, `${caller}: ${reply.body}`).toBe(expected)
        expect(sight.seen(), caller).toEqual([])
        if (route.method === 'HEAD') expect(reply.body).toBe('')
        else expect(Object.keys(reply.json<object>()).toSorted(), caller).toEqual(PROBLEM_MEMBERS)
        for (const secret of [orderId, ownerOf(usual).customerId, 'hanako', '花子'])
          expect(reply.body, caller).not.toContain(secret)
        if (expected !== 404) continue
        const absent = await ask(
          callers[caller],
          requestFor(route, { ...world, orderId: randomUUID(), mailId: randomUUID() }),
        )
        expect(withoutId(absent), caller).toEqual(withoutId(reply))
      }
    })
  },
)

const PROBLEM_MEMBERS = ['code', 'correlationId', 'detail', 'status', 'title', 'type']
const rank = (cell: Cell): number => (cell === 'yes' ? 1 : 0)
const withoutId = ({ statusCode, body }: { statusCode: number; body: string }) => ({
  statusCode,
  body: body.replace(/"correlationId":"[^"]*"/, ''),
})

describe.each(changing.map((route) => ({ route, name: `${route.method} ${route.url}` })))(
  '$name',
  ({ route }) => {
    it('changes nothing without the CSRF token of the same session', async () => {
      const caller = CALLERS.findLast((one) => cellOf(route.access, one) === 'yes' && one !== 'owner')
      const by = usual[caller ?? 'owner'] ?? ownerOf(usual)
      const other = await bench.signIn(`${caller ?? 'owner'}@example.com`, ['admin'])
      for (const token of ['', other.csrfToken]) {
        const request = requestFor(route, await worldOf())
        sight.seen()
        const reply = await bench.app.inject({
          ...request,
          headers: {
            ...request.headers,
            cookie: `sid=${by.sid}`,
            ...(token === '' ? {} : { 'x-csrf-token': token }),
          },
        })
        expect([reply.statusCode, reply.json<{ code: string }>().code]).toEqual([403, 'csrf-token-invalid'])
        expect(sight.seen()).toEqual([])
      }
      // A person has a bounded number of sessions, and the oldest would make room.
      expect((await other.post('/api/auth/logout')).statusCode).toBe(200)
    })
  },
)

const ofStaff = plain.filter(
  ({ access, method, url }) =>
    typeof access === 'object' &&
    'staff' in access &&
    (!['GET', 'HEAD'].includes(method) || url === '/api/audit/export'),
)
describe.each(ofStaff.map((route) => ({ route, name: `${route.method} ${route.url}` })))(
  '$name',
  ({ route }) => {
    it('leaves an event that says which member of staff it was, whenever something is done', async () => {
      const orderId = await placed()
      const paid = {
        type: 'ConfirmPayment',
        merchantPaymentId: merchantPaymentIdOf(OrderId.parse(orderId), 1),
        paymentId: '04137808670405270001',
        amount: money(1_200, 'JPY'),
        succeededAtMs: 0,
        atMs: 0,
      } as const
      await bench.deps.commands.run(order, orderId, paid, contextFor(orderId))
      sight.actors()
      const reply = await ask(usual.admin, requestFor(route, await worldOf(orderId)))
      expect(reply.statusCode, reply.body).toBeLessThan(500)
      expect(sight.actors()).toContain(`staff:${usual.admin?.customerId}`)
    })
  },
)

describe('who may use which route', () => {
  it('has an example of every route, and of nothing else', () => {
    const asked = new Set(plain.map(nameOf))
    expect([...asked].filter((name) => EXAMPLES[name] === undefined)).toEqual([])
    expect(Object.keys(EXAMPLES).filter((name) => !asked.has(name))).toEqual([])
    expect(Object.keys(SOCKETS).toSorted()).toEqual(sockets.map(({ url }) => url).toSorted())
  })

  it('answers 401 to the cookie of a session that has ended, whatever its roles were', async () => {
    const gone = await bench.signIn('owner@example.com', Role.options)
    expect((await gone.post('/api/auth/logout')).statusCode).toBe(200)
    for (const route of plain.filter(needsSession)) {
      const request = requestFor(route, await worldOf())
      sight.seen()
      expect((await gone.send(request)).statusCode, nameOf(route)).toBe(401)
      expect(sight.seen(), nameOf(route)).toEqual([])
    }
  })

  it('takes roles from the sign-in token alone', async () => {
    const { idToken } = await worldOf()
    const opened = await bench.app.inject({
      method: 'POST',
      url: '/api/auth/session',
      headers: { 'x-roles': 'admin', 'x-user-role': 'admin' },
      payload: { idToken, roles: ['admin'], customer: { roles: ['admin'] }, customerId: 'somebody' },
    })
    expect(opened.statusCode).toBe(201)
    expect(opened.json<{ roles: string[] }>().roles).not.toContain('admin')
    const sid = opened.cookies.find(({ name }) => name === 'sid')?.value
    const asAdmin = await bench.app.inject({
      url: '/api/ops/products?role=admin&roles=admin',
      headers: { cookie: `sid=${sid}; role=admin; roles=admin`, 'x-roles': 'admin' },
    })
    expect(asAdmin.statusCode).toBe(403)
  })

  it('places an order as who is signed in, at the shop’s price, whatever else the body says', async () => {
    const stranger = usual.stranger
    const reply = await stranger?.order({
      items: [{ productId: 'sencha', quantity: 1, unitPrice: 1, price: 1 }],
      paymentMethod: 'PAYPAY',
      customerId: ownerOf(usual).customerId,
      status: 'PAID',
      total: { amountMinor: 1, currency: 'JPY' },
      roles: ['admin'],
    })
    if (reply?.statusCode === 400) return
    expect(reply?.json()).toMatchObject({ status: 'PENDING', amount: { amountMinor: 1_200 } })
    const orderId = reply?.json<{ orderId: string }>().orderId ?? ''
    const [first] = await bench.eventsOf(`order-${orderId}`)
    expect(first?.data).toMatchObject({ customerId: stranger?.customerId })
  })
})

describe.each(sockets.map((route) => ({ route, name: `WS ${route.url}` })))('$name', ({ route }) => {
  const outcomeOf = async (path: string, headers: Record<string, string>): Promise<unknown> => {
    const client = connectTo(`ws://127.0.0.1:${bench.port}${path}`, { headers })
    const outcome = await until('the socket says something', () => client.said())
    client.socket.terminate()
    return outcome
  }

  it('lets each caller in as the table says, and nobody from another origin', async () => {
    for (const caller of CALLERS) {
      const world = await worldOf()
      const browser = usual[caller]
      const shown = await ask(browser, { url: `/api/orders/${world.orderId}` })
      const token = shown.json<{ channelToken?: string }>().channelToken ?? 'none'
      const path = SOCKETS[route.url]?.(world, token) ?? ''
      const cookie = browser === undefined ? {} : { cookie: `sid=${browser.sid}` }
      const expected = cellOf(route.access, caller)
      expect(await outcomeOf(path, cookie), caller).toBe(expected)
      const foreign = await outcomeOf(path, { ...cookie, origin: 'https://elsewhere.example' })
      expect(foreign, caller).toBe(expected === 401 ? 401 : 403)
    }
  })
})
