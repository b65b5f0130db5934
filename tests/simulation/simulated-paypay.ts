import { z } from 'zod'
import { createChance } from '#embedded/paypay/chance.ts'
import type { Knobs } from '#embedded/paypay/knobs.ts'
import { createProvider, type Provider } from '#embedded/paypay/provider.ts'
import { failure, type Answer } from '#embedded/paypay/results.ts'
import { REFUND_THROTTLED } from '#platform/paypay/port.ts'
import type { Transport, TransportAnswer, TransportRequest } from '#platform/paypay/transport.ts'
import type { FaultPlan } from './fault-plan.ts'
import type { Host } from './host.ts'
import { memoryLedger } from './memory-ledger.ts'
import type { Scheduler } from './scheduler.ts'
import type { Saw, Sight } from './sights.ts'

/** A refund as the provider was asked for it. */
export interface AskedRefund {
  readonly merchantRefundId: string
  readonly paymentId: string
  readonly amountMinor: number
}

/** Told of what the provider did, at the moment it did it. */
export interface ProviderWitness {
  readonly created: (merchantPaymentId: string) => void
  readonly cancelled: (merchantPaymentId: string) => void
  readonly refunded: (refund: AskedRefund, isAccepted: boolean) => void
  /** The provider is about to say another amount than it took. */
  readonly lied: (merchantPaymentId: string) => void
}

export interface SimulatedPayPay {
  readonly provider: Provider
  readonly ledger: ReturnType<typeof memoryLedger>
  readonly knobs: Knobs
  /** The network between a host and the provider, for the real client. */
  readonly transportOf: (host: Host) => Transport
  readonly setOutage: (isOut: boolean) => void
}

export interface SimulatedPayPayOptions {
  readonly scheduler: Scheduler
  readonly seed: number
  readonly knobs: Knobs
  readonly slowestMs: number
  readonly faults: () => FaultPlan['provider']
  readonly witness: ProviderWitness
  readonly saw: Saw
  readonly trace: (what: string) => void
}

const MAINTENANCE = '<!doctype html><title>503 Service Temporarily Unavailable</title>'

const CreatedBody = z.object({ merchantPaymentId: z.string() })
const RefundBody = z
  .object({
    merchantRefundId: z.string(),
    paymentId: z.string(),
    amount: z.object({ amount: z.int() }),
  })
  .transform(({ amount, ...ids }): AskedRefund => ({ ...ids, amountMinor: amount.amount }))
const PaidData = z.looseObject({
  merchantPaymentId: z.string(),
  amount: z.looseObject({ amount: z.number() }),
  paymentId: z.string(),
})

/** The simulator's provider behind a network on which anything may be lost; the client before it is the real one. */
export const simulatedPayPay = (options: SimulatedPayPayOptions): SimulatedPayPay => {
  const { scheduler, knobs, witness, slowestMs, saw } = options
  const ledger = memoryLedger()
  const provider = createProvider({
    ledger,
    chance: createChance(String(options.seed)),
    nowMs: scheduler.nowMs,
    knobs: () => knobs,
    publicUrl: () => 'https://pay.example',
  })
  let isOut = false

  const performed = (request: TransportRequest): Answer => {
    const answer = answerTo(request)
    options.trace(`  PayPay is asked ${request.method} ${request.target}: ${JSON.stringify(answer)}`)
    return answer
  }

  const answerTo = ({ method, target, body = '' }: TransportRequest): Answer => {
    const [path = '', query = ''] = target.split('?')
    const id = path.slice(path.lastIndexOf('/') + 1)
    const raw = Buffer.from(body)
    if (method === 'GET')
      return path.startsWith('/v2/refunds/')
        ? provider.refundDetails(id, new URLSearchParams(query).get('paymentId') ?? undefined)
        : provider.paymentDetails(id)
    if (method === 'DELETE') {
      if (path.startsWith('/v2/codes/')) return provider.deleteCode(id)
      const answer = provider.cancelPayment(id)
      if (answer.httpStatus < 300) witness.cancelled(id)
      return answer
    }
    if (path === '/v2/codes') {
      const answer = provider.createCode(raw)
      if (answer.httpStatus < 300) witness.created(CreatedBody.parse(JSON.parse(body)).merchantPaymentId)
      return answer
    }
    const answer = provider.refundPayment(raw)
    // Too soon after the last one is no answer to the refund itself.
    if (answer.code !== REFUND_THROTTLED)
      witness.refunded(RefundBody.parse(JSON.parse(body)), answer.httpStatus < 300)
    return answer
  }

  const lyingAbout = (answer: Answer): Answer => {
    const paid = PaidData.safeParse(answer.data)
    if (!paid.success) return answer
    const { amount, merchantPaymentId } = paid.data
    saw('PayPay: names another amount')
    witness.lied(merchantPaymentId)
    return { ...answer, data: { ...paid.data, amount: { ...amount, amount: amount.amount + 1 } } }
  }

  const transportOf = (host: Host): Transport => {
    const { random } = host
    const latencyMs = (): number => random.between(1, random.chance(0.1) ? slowestMs : 20)
    const refused = (sight: Sight, name: Parameters<typeof failure>[0]): TransportAnswer => {
      saw(sight)
      return answered(failure(name))
    }
    const badAnswer = (): TransportAnswer =>
      random.pick<() => TransportAnswer>([
        () => refused('PayPay: 429', 'RATE_LIMIT'),
        () => refused('PayPay: 500', 'INTERNAL_SERVER_ERROR'),
        () => refused('PayPay: 401', 'UNAUTHORIZED'),
        () => {
          saw('PayPay: 503')
          return { kind: 'answered', httpStatus: 503, body: MAINTENANCE }
        },
      ])()
    const afterwards = (answer: Answer): TransportAnswer =>
      random.pick<() => TransportAnswer>([
        () => answered(failure('INTERNAL_SERVER_ERROR')),
        () => ({ kind: 'answered', httpStatus: 503, body: MAINTENANCE }),
        () => ({ kind: 'failed', reason: 'connection-lost', httpStatus: answer.httpStatus }),
        () => ({ kind: 'answered', httpStatus: answer.httpStatus, body: inEnvelope(answer).slice(0, 40) }),
      ])()

    /** What this call will meet; drawn before it sets out, so that its fate does not depend on its answer. */
    const fate = (request: TransportRequest): (() => TransportAnswer | 'silence') => {
      const faults = options.faults()
      const lost: TransportAnswer | 'silence' = random.chance(0.5)
        ? 'silence'
        : { kind: 'failed', reason: 'connection-lost' }
      if (isOut) {
        saw('PayPay: away')
        return () => (random.chance(0.5) ? lost : { kind: 'failed', reason: 'unreachable' })
      }
      if (random.chance(faults.requestLost)) {
        saw('PayPay: request lost')
        return () => lost
      }
      if (random.chance(faults.badAnswerBefore)) {
        const bad = badAnswer()
        return () => bad
      }
      // PayPay's own word for it; a refusal of the refund call is a matter for people, so it is rare there.
      if (request.method === 'POST' && random.chance(faults.transactionFailed))
        return () => {
          saw('PayPay: refuses with TRANSACTION_FAILED')
          if (request.target === '/v2/refunds')
            witness.refunded(RefundBody.parse(JSON.parse(request.body ?? '')), false)
          return answered({ ...failure('INTERNAL_SERVER_ERROR'), code: 'TRANSACTION_FAILED' })
        }
      if (random.chance(faults.answerLost))
        return () => {
          performed(request)
          saw('PayPay: done, and the answer lost')
          return lost
        }
      if (random.chance(faults.badAnswerAfter))
        return () => {
          saw('PayPay: done, and answered with an error')
          return afterwards(performed(request))
        }
      const isLie = request.method === 'GET' && random.chance(faults.lies)
      return () => {
        const answer = performed(request)
        return answered(isLie ? lyingAbout(answer) : answer)
      }
    }

    return {
      close: () => {},
      send: (request) => {
        const happen = fate(request)
        const thereMs = random.chance(options.faults().slow) ? random.between(1_000, 60_000) : latencyMs()
        return new Promise<TransportAnswer>((resolve) => {
          const cancelTimeOut = host.clock.timer(request.timeoutMs, () => {
            if (thereMs >= request.timeoutMs) saw('PayPay: later than its time-out')
            resolve({ kind: 'failed', reason: 'timed-out' })
          })
          void host
            .call(thereMs, latencyMs(), () => Promise.resolve(happen()))
            .then((answer) => {
              if (answer === 'silence') return
              cancelTimeOut()
              resolve(answer)
            })
        })
      },
    }
  }

  return {
    provider,
    ledger,
    knobs,
    transportOf,
    setOutage: (now) => {
      isOut = now
    },
  }
}

const inEnvelope = ({ code, message, codeId, data }: Answer): string =>
  JSON.stringify({ resultInfo: { code, message, codeId }, data })

const answered = (answer: Answer): TransportAnswer => ({
  kind: 'answered',
  httpStatus: answer.httpStatus,
  body: inEnvelope(answer),
})
