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

/** Told of what the provider did, at the moment it did it. */
export interface ProviderWitness {
  readonly created: (merchantPaymentId: string) => void
  readonly cancelled: (merchantPaymentId: string) => void
  readonly refunded: (merchantRefundId: string, paymentId: string, isAccepted: boolean) => void
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
  readonly trace: (what: string) => void
}

const MAINTENANCE = '<!doctype html><title>503 Service Temporarily Unavailable</title>'

const CreatedBody = z.object({ merchantPaymentId: z.string() })
const RefundBody = z.object({ merchantRefundId: z.string(), paymentId: z.string() })
const PaidData = z.looseObject({
  merchantPaymentId: z.string(),
  amount: z.looseObject({ amount: z.number() }),
  paymentId: z.string(),
})

/** The simulator's provider behind a network on which anything may be lost; the client before it is the real one. */
export const simulatedPayPay = (options: SimulatedPayPayOptions): SimulatedPayPay => {
  const { scheduler, knobs, witness, slowestMs } = options
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
    const { merchantRefundId, paymentId } = RefundBody.parse(JSON.parse(body))
    // Too soon after the last one is no answer to the refund itself.
    if (answer.code !== REFUND_THROTTLED)
      witness.refunded(merchantRefundId, paymentId, answer.httpStatus < 300)
    return answer
  }

  const lyingAbout = (answer: Answer): Answer => {
    const paid = PaidData.safeParse(answer.data)
    if (!paid.success) return answer
    const { amount, merchantPaymentId } = paid.data
    witness.lied(merchantPaymentId)
    return { ...answer, data: { ...paid.data, amount: { ...amount, amount: amount.amount + 1 } } }
  }

  const transportOf = (host: Host): Transport => {
    const { random } = host
    const latencyMs = (): number => random.between(1, random.chance(0.1) ? slowestMs : 20)
    const badAnswer = (): TransportAnswer =>
      random.pick<() => TransportAnswer>([
        () => answered(failure('RATE_LIMIT')),
        () => answered(failure('INTERNAL_SERVER_ERROR')),
        () => answered(failure('UNAUTHORIZED')),
        () => ({ kind: 'answered', httpStatus: 503, body: MAINTENANCE }),
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
      if (isOut) return () => (random.chance(0.5) ? lost : { kind: 'failed', reason: 'unreachable' })
      if (random.chance(faults.requestLost)) return () => lost
      if (random.chance(faults.badAnswerBefore)) {
        const bad = badAnswer()
        return () => bad
      }
      // PayPay's own word for it; a refusal of the refund call is a matter for people, so it is rare there.
      if (request.method === 'POST' && random.chance(faults.transactionFailed))
        return () => {
          if (request.target === '/v2/refunds') {
            const { merchantRefundId, paymentId } = RefundBody.parse(JSON.parse(request.body ?? ''))
            witness.refunded(merchantRefundId, paymentId, false)
          }
          return answered({ ...failure('INTERNAL_SERVER_ERROR'), code: 'TRANSACTION_FAILED' })
        }
      if (random.chance(faults.answerLost))
        return () => {
          performed(request)
          return lost
        }
      if (random.chance(faults.badAnswerAfter)) return () => afterwards(performed(request))
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
