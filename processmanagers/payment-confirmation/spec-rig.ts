import { createChance } from '#embedded/paypay/chance.ts'
import { defaultKnobs } from '#embedded/paypay/knobs.ts'
import { createProvider } from '#embedded/paypay/provider.ts'
import type { Answer } from '#embedded/paypay/results.ts'
import type { ManualClock } from '#platform/clock/manual-clock.ts'
import type { Transport, TransportAnswer, TransportRequest } from '#platform/paypay/transport.ts'
import { memoryLedger } from '../../tests/simulation/memory-ledger.ts'

/** What one request meets on its way; the provider does what it is asked in the middle of `tripMs`. */
export interface Fate {
  readonly tripMs?: number
  /** Said in place of the provider's answer; `silence` is never answered. The provider is not reached. */
  readonly instead?: 'silence' | TransportAnswer
}

export type Network = (id: string, request: TransportRequest) => Fate | undefined

const TRIP_MS = 50

/** The provider's records and deeds on a virtual clock, behind a network that the spec decides on. */
export const virtualPayPay = (clock: ManualClock, network?: Network) => {
  const ledger = memoryLedger()
  const knobs = { ...defaultKnobs, refundSettleMs: 0 }
  const provider = createProvider({
    ledger,
    chance: createChance('7'),
    nowMs: clock.nowMs,
    knobs: () => knobs,
    publicUrl: () => 'https://pay.example',
  })
  const asked: { readonly id: string; readonly atMs: number }[] = []
  let onTheWire = 0
  let mostOnTheWire = 0
  let fateOf: Network = network ?? (() => undefined)

  const answerTo = ({ method, target, body = '' }: TransportRequest): Answer => {
    const [path = '', query = ''] = target.split('?')
    const id = lastPart(path)
    const raw = Buffer.from(body)
    if (path === '/v2/codes') return provider.createCode(raw)
    if (path === '/v2/refunds') return provider.refundPayment(raw)
    if (path.startsWith('/v2/refunds/'))
      return provider.refundDetails(id, new URLSearchParams(query).get('paymentId') ?? undefined)
    if (method === 'GET') return provider.paymentDetails(id)
    return path.startsWith('/v2/codes/') ? provider.deleteCode(id) : provider.cancelPayment(id)
  }

  const isQuestion = ({ target }: TransportRequest): boolean => target.startsWith('/v2/codes/payments/')

  const carried = async (request: TransportRequest): Promise<TransportAnswer> => {
    const { tripMs = TRIP_MS, instead } = fateOf(lastPart(request.target), request) ?? {}
    if (instead === 'silence') return new Promise(() => {})
    await clock.sleep(tripMs / 2)
    const answer = instead ?? answered(answerTo(request))
    await clock.sleep(tripMs / 2)
    return answer
  }

  const transport: Transport = {
    close: () => {},
    send: async (request) => {
      if (isQuestion(request)) asked.push({ id: lastPart(request.target), atMs: clock.nowMs() })
      mostOnTheWire = Math.max(mostOnTheWire, (onTheWire += 1))
      let cancel = (): void => {}
      const tooLate = new Promise<TransportAnswer>((resolve) => {
        cancel = clock.timer(request.timeoutMs, () => resolve({ kind: 'failed', reason: 'timed-out' }))
      })
      const answer = await Promise.race([carried(request), tooLate])
      cancel()
      onTheWire -= 1
      return answer
    },
  }

  const statusOf = (id: string): string => {
    const attempt = ledger.findAttempt(id)
    return attempt === undefined ? 'none' : provider.statusOf(attempt)
  }

  return {
    transport,
    /** Questions about payments that were sent, in order. */
    asked,
    mostOnTheWire: () => mostOnTheWire,
    setNetwork: (next: Network) => {
      fateOf = next
    },
    statusOf,
    totals: () => ledger.totals(),
    refundsOf: (id: string) => {
      const payment = ledger.findAttempt(id)?.payment
      return payment?.state === 'completed' ? ledger.refundsOf(payment.paymentId) : []
    },
    /** A code for this attempt, made before the spec begins; answers its end. */
    issue: (merchantPaymentId: string, amountMinor: number): number => {
      const body = {
        merchantPaymentId,
        amount: { amount: amountMinor, currency: 'JPY' },
        codeType: 'ORDER_QR',
      }
      provider.createCode(Buffer.from(JSON.stringify(body)))
      return ledger.findAttempt(merchantPaymentId)?.expiresAtMs ?? 0
    },
    /** The buyer pays; false when the code can no longer be paid, which `late` passes over. */
    pay: (id: string, how: { readonly late?: boolean } = {}): boolean =>
      provider.buyerPays(id, how).kind === 'done',
    inFlight: (id: string): void => {
      provider.buyerOpensApp(id)
    },
    fail: (id: string): void => {
      provider.paymentFails(id)
    },
  }
}

const lastPart = (target: string): string => {
  const [path = ''] = target.split('?')
  return path.slice(path.lastIndexOf('/') + 1)
}

/** PayPay's envelope around an answer. */
export const answered = ({
  httpStatus,
  code,
  message,
  codeId,
  data,
}: Omit<Answer, 'codeId' | 'message'> & Partial<Answer>): TransportAnswer => ({
  kind: 'answered',
  httpStatus,
  body: JSON.stringify({
    resultInfo: { code, message: message ?? code, codeId: codeId ?? '0' },
    data,
  }),
})
