import { createChance } from '#embedded/paypay/chance.ts'
import { defaultKnobs, type Knobs } from '#embedded/paypay/knobs.ts'
import { createProvider } from '#embedded/paypay/provider.ts'
import type { Answer } from '#embedded/paypay/results.ts'
import { openSqliteLedger } from '#embedded/paypay/sqlite-ledger.ts'
import type { ManualClock } from '#platform/clock/manual-clock.ts'
import { createPayPayClient } from '#platform/paypay/client.ts'
import type { Transport, TransportRequest } from '#platform/paypay/transport.ts'

/** What becomes of one request: it is done and answered, done and not answered, or never arrives. */
export type Fate = 'answered' | 'answer-lost' | 'request-lost'

/** The embedded simulator's provider behind the real client, without a network and on a clock that the spec moves. */
export const paypayInside = (clock: ManualClock, changed: Partial<Knobs> = {}) => {
  const ledger = openSqliteLedger(':memory:')
  const knobs = { ...defaultKnobs, ...changed }
  const provider = createProvider({
    ledger,
    chance: createChance('specs'),
    nowMs: clock.nowMs,
    knobs: () => knobs,
    publicUrl: () => 'https://pay.example',
  })
  /** Every request that arrived, with what was said to it. */
  const heard: {
    readonly atMs: number
    readonly call: string
    readonly body: unknown
    readonly code: string
  }[] = []
  let fates: { readonly call: string; readonly fate: Fate }[] = []

  const answerTo = ({ method, target, body = '' }: TransportRequest): Answer => {
    const [path = '', query = ''] = target.split('?')
    const id = path.slice(path.lastIndexOf('/') + 1)
    const isRefund = path.startsWith('/v2/refunds')
    if (method === 'POST')
      return isRefund ? provider.refundPayment(Buffer.from(body)) : provider.createCode(Buffer.from(body))
    if (method === 'GET')
      return isRefund
        ? provider.refundDetails(id, new URLSearchParams(query).get('paymentId') ?? undefined)
        : provider.paymentDetails(id)
    return path.startsWith('/v2/codes/') ? provider.deleteCode(id) : provider.cancelPayment(id)
  }

  const callOf = ({ method, target }: TransportRequest): string =>
    `${method} ${target.split('/').slice(1, 3).join('/')}`

  const transport: Transport = {
    close: () => {},
    send: async (request) => {
      const call = callOf(request)
      const planned = fates.find((fate) => fate.call === call)
      fates = fates.filter((fate) => fate !== planned)
      const answer = planned?.fate === 'request-lost' ? undefined : answerTo(request)
      if (answer !== undefined)
        heard.push({
          atMs: clock.nowMs(),
          call,
          body: request.body === undefined ? undefined : JSON.parse(request.body),
          code: answer.code,
        })
      if (answer === undefined || planned?.fate === 'answer-lost') {
        await clock.sleep(request.timeoutMs)
        return { kind: 'failed', reason: 'timed-out' }
      }
      const { code, message, codeId, data, httpStatus } = answer
      return {
        kind: 'answered',
        httpStatus,
        body: JSON.stringify({ resultInfo: { code, message, codeId }, data }),
      }
    },
  }

  const client = createPayPayClient({
    baseUrl: 'https://paypay.example',
    apiKey: 'key',
    apiSecret: 'secret',
    merchantId: 'merchant',
    clock,
    random: () => 0.5,
    transport,
  })
  return {
    provider: client,
    /** What buyers do, and when refunds settle. */
    deeds: provider,
    heard,
    of: (call: string) => heard.filter((one) => one.call === call),
    /** The next request of this kind, `POST v2/refunds`, meets this; several wait for their turn. */
    next: (call: string, fate: Fate, times = 1): void => {
      for (let nth = 0; nth < times; nth += 1) fates.push({ call, fate })
    },
    refundsOf: (paymentId: string) => ledger.refundsOf(paymentId),
    totals: () => ledger.totals(),
    close: (): void => {
      client.close()
      ledger.close()
    },
  }
}
