import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Ledger } from './attempt.ts'
import { createChance } from './chance.ts'
import { defaultKnobs } from './knobs.ts'
import { type Provider, createProvider } from './provider.ts'
import { openSqliteLedger } from './sqlite-ledger.ts'

/** The provider as a simulation drives it: no network, time and chance in the hand of the driver. */

interface Stage {
  provider: Provider
  ledger: Ledger
  passes(ms: number): void
}

function stage(seed = 'seed'): Stage {
  let nowMs = Date.parse('2026-11-21T12:00:00+09:00')
  const ledger = openSqliteLedger(':memory:')
  const provider = createProvider({
    ledger,
    chance: createChance(seed),
    nowMs: () => nowMs,
    knobs: () => ({ ...defaultKnobs, cancelSettleMs: 5_000 }),
    publicUrl: () => 'http://pay.example',
  })
  return {
    provider,
    ledger,
    passes: (ms) => {
      nowMs += ms
    },
  }
}

const amountMinor = 1_000
const bytes = (body: object) => Buffer.from(JSON.stringify(body))
const codeBody = (merchantPaymentId: string) =>
  bytes({ merchantPaymentId, amount: { amount: amountMinor, currency: 'JPY' }, codeType: 'ORDER_QR' })

const ids = ['a', 'b']
const id = fc.constantFrom(...ids)
const step = fc.oneof(
  fc.record({ act: fc.constant('create' as const), id }),
  fc.record({ act: fc.constant('open' as const), id }),
  fc.record({ act: fc.constant('pay' as const), id, late: fc.boolean() }),
  fc.record({ act: fc.constant('fail' as const), id }),
  fc.record({ act: fc.constant('cancel' as const), id }),
  fc.record({ act: fc.constant('delete' as const), id }),
  fc.record({
    act: fc.constant('refund' as const),
    id,
    refund: fc.constantFrom('r1', 'r2', 'r3'),
    amount: fc.integer({ min: 1, max: amountMinor + 1 }),
  }),
  fc.record({ act: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40_000_000 }) }),
)
type Act = typeof step extends fc.Arbitrary<infer A> ? A : never

function perform(on: Stage, act: Act): string {
  const { provider, ledger } = on
  if (act.act === 'wait') {
    on.passes(act.ms)
    return 'waited'
  }
  const attempt = ledger.findAttempt(act.id)
  if (act.act === 'create') return provider.createCode(codeBody(act.id)).code
  if (act.act === 'open') return provider.buyerOpensApp(act.id).kind
  if (act.act === 'pay') return provider.buyerPays(act.id, { late: act.late }).kind
  if (act.act === 'fail') return provider.paymentFails(act.id).kind
  if (act.act === 'cancel') return provider.cancelPayment(act.id).code
  if (act.act === 'delete') return provider.deleteCode(`04-${attempt?.linkKey ?? 'none'}`).code
  const paymentId =
    attempt === undefined || attempt.payment.state === 'none' ? 'none' : attempt.payment.paymentId
  const amount = { amount: act.amount, currency: 'JPY' }
  return provider.refundPayment(bytes({ merchantRefundId: act.refund, paymentId, amount, requestedAt: 1 }))
    .code
}

const statusOf = ({ provider, ledger }: Stage, of: string) => {
  const attempt = ledger.findAttempt(of)
  return attempt === undefined ? 'none' : provider.statusOf(attempt)
}

/** From each status, where one step may lead. */
const legal: Record<string, readonly string[]> = {
  none: ['none', 'CREATED'],
  CREATED: ['CREATED', 'COMPLETED', 'FAILED'],
  COMPLETED: ['COMPLETED', 'REFUNDED', 'FAILED'],
  REFUNDED: ['REFUNDED'],
  FAILED: ['FAILED'],
}

describe('any sequence of deeds', () => {
  it('makes only legal transitions, never refunds more than was paid, and keeps its totals', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (acts) => {
        const on = stage()
        for (const act of acts) {
          const before = ids.map((of) => statusOf(on, of))
          perform(on, act)
          const illegal = ids.filter((of, place) => !legal[before[place] ?? '']?.includes(statusOf(on, of)))
          expect(illegal).toEqual([])
          const attempts = ids.flatMap((of) => on.ledger.findAttempt(of) ?? [])
          const refunded = attempts.map(({ payment }) =>
            payment.state === 'completed'
              ? on.ledger.refundsOf(payment.paymentId).reduce((sum, refund) => sum + refund.amountMinor, 0)
              : 0,
          )
          expect(Math.max(0, ...refunded)).toBeLessThanOrEqual(amountMinor)
          const kept = attempts.filter(
            ({ payment, cancelAcceptedAtMs }) =>
              payment.state === 'completed' && cancelAcceptedAtMs === undefined,
          )
          expect(on.ledger.totals()).toMatchObject({
            attempts: attempts.length,
            capturedMinor: kept.length * amountMinor,
            refundedMinor: refunded.reduce((sum, minor) => sum + minor, 0),
          })
        }
        on.ledger.close()
      }),
      { numRuns: 150 },
    )
  })

  it('says the same again with the same seed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), (acts) => {
        const told = ['x', 'x'].map((seed) => {
          const on = stage(seed)
          const said = acts.map((act) => perform(on, act))
          const answers = ids.map((of) => on.provider.paymentDetails(of))
          on.ledger.close()
          return [said, answers]
        })
        expect(told[0]).toEqual(told[1])
      }),
      { numRuns: 30 },
    )
  })
})

describe('chance', () => {
  it('gives another seed other ids', () => {
    const paymentIds = ['x', 'y'].map((seed) => createChance(seed).paymentId('a'))
    expect(paymentIds[0]).not.toBe(paymentIds[1])
  })

  it('gives ids of the shapes PayPay uses, within the code life jitter', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (seed, subject) => {
        const chance = createChance(seed)
        expect(chance.linkKey(subject)).toMatch(/^[A-Za-z0-9]{16}$/)
        expect(chance.paymentId(subject)).toMatch(/^\d{20}$/)
        expect(chance.requestId(subject.length)).toMatch(/^OPA[0-9A-F]{32}$/)
        expect(chance.jitterMs(subject, 2_000)).toBeLessThanOrEqual(2_000)
      }),
    )
  })
})
