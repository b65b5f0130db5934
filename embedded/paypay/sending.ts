import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Fault } from './faults.ts'
import { type Answer, failure } from './results.ts'
import type { World } from './world.ts'

/** How an answer of the API goes out: in its envelope, or spoiled by a fault. */

const CONTENT_TYPE = 'application/json;charset=UTF-8'

function inEnvelope(answer: Answer, requestId: string): string {
  const message = answer.httpStatus >= 400 ? `${answer.message} | [${requestId}]` : answer.message
  const resultInfo = { code: answer.code, message, codeId: answer.codeId }
  return JSON.stringify({ resultInfo, data: answer.data })
}

/** The time by which signatures are judged, so that a caller can see how far its clock is off. */
function dateHeader(world: World): { date: string } {
  return { date: new Date(world.authNowMs()).toUTCString() }
}

function retryHeader(fault?: Fault): Record<string, string> {
  return fault?.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) }
}

/** An answer as the provider gives it. */
export async function send(world: World, reply: FastifyReply, answer: Answer, fault?: Fault): Promise<void> {
  const requestId = world.nextRequestId()
  await reply
    .code(answer.httpStatus)
    .headers({
      ...dateHeader(world),
      ...retryHeader(fault),
      'content-type': CONTENT_TYPE,
      'x-request-id': requestId,
    })
    .send(inEnvelope(answer, requestId))
}

/** What the fault makes of the answer. */
export async function sendSpoiled(
  world: World,
  reply: FastifyReply,
  fault: Fault,
  answer: Answer,
): Promise<void> {
  switch (fault.kind) {
    case 'hang':
      return world.misbehaviour.hang(reply)
    case 'reset':
      return world.misbehaviour.reset(reply)
    case 'cut-body': {
      const requestId = world.nextRequestId()
      const headers = { 'content-type': CONTENT_TYPE, 'x-request-id': requestId, ...dateHeader(world) }
      const body = inEnvelope(answer, requestId)
      return world.misbehaviour.cutBody(reply, answer.httpStatus, headers, body)
    }
    case 'html503':
      await reply
        .code(503)
        .headers({ ...dateHeader(world), ...retryHeader(fault), 'content-type': 'text/html' })
        .send('<!doctype html><title>503 Service Temporarily Unavailable</title><h1>Maintenance</h1>')
      return
    case '429':
      return await send(world, reply, failure('RATE_LIMIT'), fault)
    case '500-unknown':
      return await send(world, reply, failure('INTERNAL_SERVER_ERROR'), fault)
    case 'maintenance':
      return await send(world, reply, failure('MAINTENANCE_MODE'), fault)
    case 'refuse':
      return await send(world, reply, failure(fault.code ?? 'INTERNAL_SERVER_ERROR'), fault)
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.ms))
      return await send(world, reply, answer)
    case 'wrong-amount':
    case 'wrong-currency':
    case 'wrong-id':
      return await send(world, reply, { ...answer, data: altered(fault.kind, answer.data) })
  }
}

const withAmount = z.looseObject({ amount: z.looseObject({ amount: z.number() }) })
const ids = z.looseObject({
  merchantPaymentId: z.string().exactOptional(),
  merchantRefundId: z.string().exactOptional(),
})

/** What an answer would be if the provider mixed something up; one that carries no such field stays as it is. */
function altered(kind: 'wrong-amount' | 'wrong-currency' | 'wrong-id', data: Answer['data']): Answer['data'] {
  if (kind === 'wrong-id') {
    const named = ids.safeParse(data)
    if (!named.success) return data
    const { merchantPaymentId, merchantRefundId } = named.data
    return {
      ...named.data,
      ...(merchantPaymentId === undefined ? {} : { merchantPaymentId: `${merchantPaymentId}-other` }),
      ...(merchantRefundId === undefined ? {} : { merchantRefundId: `${merchantRefundId}-other` }),
    }
  }
  const parsed = withAmount.safeParse(data)
  if (!parsed.success) return data
  const { amount } = parsed.data
  const change = kind === 'wrong-amount' ? { amount: amount.amount + 1 } : { currency: 'USD' }
  return { ...parsed.data, amount: { ...amount, ...change } }
}
