import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Fault } from './faults.ts'
import { type NonceMemory, createNonceMemory } from './nonce-memory.ts'
import { type Answer, failure } from './results.ts'
import { send, sendSpoiled } from './sending.ts'
import { type ReceivedRequest, nonceOf, rejectionOf } from './signature.ts'
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
        const early = fault !== undefined && phaseOf(fault) === 'before'

        if (early && fault.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms))
        else if (early) return await sendSpoiled(world, reply, fault, failure('INTERNAL_SERVER_ERROR'))
        const answer =
          unauthorized(world, received, nonces) ?? operation(world, params.parse(request.params), received)
        if (fault !== undefined && !early) return await sendSpoiled(world, reply, fault, answer)
        return await send(world, reply, answer)
      },
    })
  }
}

/** Only an answer can carry something wrong. */
function phaseOf(fault: Fault): Fault['phase'] {
  return fault.kind.startsWith('wrong-') ? 'after' : fault.phase
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
  const rejection = rejectionOf(request, world.credentials, world.authNowMs())
  // Only an authentic request can use a nonce up.
  const repeated =
    rejection === undefined && world.knobs().repeatedNonce === 'reject' && nonces.seen(nonceOf(request))
  if (rejection === undefined && !repeated) return undefined
  const answer = failure('UNAUTHORIZED')
  return { ...answer, message: `${answer.message}: ${rejection ?? 'nonce used before'}` }
}
