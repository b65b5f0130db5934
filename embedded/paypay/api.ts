import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Fault } from './faults.ts'
import { type Answer, failure } from './results.ts'
import { type ReceivedRequest, rejectionOf } from './signature.ts'
import type { World } from './world.ts'

/** The signed API, as PayPay's reference lays it out. */

const params = z.record(z.string(), z.string())
type Params = Readonly<z.output<typeof params>>
type Operation = (world: World, params: Params, request: ReceivedRequest) => Answer

const operations: readonly [method: 'GET' | 'POST' | 'DELETE', url: string, operation: Operation][] = [
  ['POST', '/v2/codes', ({ provider }, _, { rawBody }) => provider.createCode(rawBody)],
  ['DELETE', '/v2/codes/:codeId', ({ provider }, { codeId = '' }) => provider.deleteCode(codeId)],
  ['GET', '/v2/codes/payments/:id', ({ provider }, { id = '' }) => provider.paymentDetails(id)],
  ['DELETE', '/v2/payments/:id', ({ provider }, { id = '' }) => provider.cancelPayment(id)],
  ['POST', '/v2/refunds', ({ provider }, _, { rawBody }) => provider.refundPayment(rawBody)],
  [
    'GET',
    '/v2/refunds/:id',
    ({ provider }, { id = '' }, { query }) => provider.refundDetails(id, query['paymentId']),
  ],
]

const CONTENT_TYPE = 'application/json;charset=UTF-8'

export function registerApi(app: FastifyInstance, world: World): void {
  const nonces = createNonceMemory()
  for (const [method, url, operation] of operations) {
    app.route({
      method,
      url,
      handler: async (request, reply) => {
        const route = `${method} ${url}`
        world.calls.set(route, (world.calls.get(route) ?? 0) + 1)
        const received = receivedRequest(request)
        const fault = world.faults.strike(method, received.path)
        const strikes = (phase: Fault['phase']) => fault !== undefined && phaseOf(fault) === phase

        if (fault?.kind === 'slow' && fault.phase === 'before') await delay(fault.ms)
        else if (fault !== undefined && strikes('before')) {
          return await spoil(world, reply, fault, failure('INTERNAL_SERVER_ERROR'))
        }
        const answer =
          unauthorized(world, received, nonces) ?? operation(world, params.parse(request.params), received)
        if (fault !== undefined && strikes('after')) return await spoil(world, reply, fault, answer)
        return await send(world, reply, answer)
      },
    })
  }
}

/** Only an answer can carry a wrong amount. */
function phaseOf(fault: Fault): Fault['phase'] {
  return fault.kind === 'wrong-amount' ? 'after' : fault.phase
}

function receivedRequest(request: FastifyRequest): ReceivedRequest {
  const [path = '', search = ''] = request.url.split('?', 2)
  return {
    method: request.method,
    path,
    query: Object.fromEntries(new URLSearchParams(search)),
    headers: headersOf(request),
    rawBody: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  }
}

/** A header sent twice counts as one that is not there: nothing signed would send it so. */
function headersOf(request: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  )
}

function unauthorized(world: World, request: ReceivedRequest, nonces: NonceMemory): Answer | undefined {
  const { authClock, repeatedNonce } = world.knobs()
  const nowMs = authClock === 'virtual' ? world.clock.nowMs() : world.realNowMs()
  const rejection = rejectionOf(request, world.credentials, nowMs)
  const repeated = repeatedNonce === 'reject' && nonces.seen(request.headers['authorization'] ?? '')
  if (rejection === undefined && !repeated) return undefined
  const answer = failure('UNAUTHORIZED')
  return { ...answer, message: `${answer.message}: ${rejection ?? 'nonce used before'}` }
}

interface NonceMemory {
  /** True from the second time on; remembers the last ten thousand. */
  seen(authorization: string): boolean
}

function createNonceMemory(): NonceMemory {
  const remembered = new Set<string>()
  return {
    seen: (authorization) => {
      if (remembered.has(authorization)) return true
      remembered.add(authorization)
      const oldest = remembered.values().next()
      if (remembered.size > 10_000 && oldest.done !== true) remembered.delete(oldest.value)
      return false
    },
  }
}

function inEnvelope(answer: Answer, requestId: string): string {
  const message = answer.httpStatus >= 400 ? `${answer.message} | [${requestId}]` : answer.message
  const resultInfo = { code: answer.code, message, codeId: answer.codeId }
  return JSON.stringify({ resultInfo, data: answer.data })
}

async function send(world: World, reply: FastifyReply, answer: Answer): Promise<void> {
  const requestId = world.nextRequestId()
  await reply
    .code(answer.httpStatus)
    .header('content-type', CONTENT_TYPE)
    .header('x-request-id', requestId)
    .send(inEnvelope(answer, requestId))
}

async function spoil(world: World, reply: FastifyReply, fault: Fault, answer: Answer): Promise<void> {
  switch (fault.kind) {
    case 'hang':
      return world.misbehaviour.hang(reply)
    case 'reset':
      return world.misbehaviour.reset(reply)
    case 'cut-body': {
      const requestId = world.nextRequestId()
      const headers = { 'content-type': CONTENT_TYPE, 'x-request-id': requestId }
      const body = inEnvelope(answer, requestId)
      return world.misbehaviour.cutBody(reply, answer.httpStatus, headers, body)
    }
    case 'html503':
      await reply
        .code(503)
        .header('content-type', 'text/html')
        .send('<!doctype html><title>503 Service Temporarily Unavailable</title><h1>Maintenance</h1>')
      return
    case '429':
      return await send(world, reply, failure('RATE_LIMIT'))
    case '500-unknown':
      return await send(world, reply, failure('INTERNAL_SERVER_ERROR'))
    case 'slow':
      await delay(fault.ms)
      return await send(world, reply, answer)
    case 'wrong-amount':
      return await send(world, reply, { ...answer, data: withWrongAmount(answer.data) })
  }
}

const withAmount = z.looseObject({ amount: z.looseObject({ amount: z.number() }) })

function withWrongAmount(data: Answer['data']): Answer['data'] {
  const parsed = withAmount.safeParse(data)
  if (!parsed.success) return data
  const { amount } = parsed.data
  return { ...parsed.data, amount: { ...amount, amount: amount.amount + 1 } }
}

async function delay(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}
