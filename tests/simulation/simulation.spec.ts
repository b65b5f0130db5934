import { describe, expect, it } from 'vitest'
import { orderCodec } from '#domain/order/codec.ts'
import { paymentCodec } from '#domain/payment/codec.ts'
import { KNOWN } from './known.ts'
import { runSeed, type RunResult } from './run-seed.ts'
import { told } from './telling.ts'

const SEEDS = 1_000
/** Small runs, so that there are many: most mistakes need one order, a rival and bad luck. */
const MOST_ORDERS = 5
const MOST_TOLD = 3
/** A known bug shows at its seed, or soon after it once the product has changed. */
const NEARBY = 100

const LIMIT_MS = 240_000

interface Tally {
  readonly failures: string[]
  readonly types: Set<string>
  readonly surplus: Set<string>
  readonly statuses: Set<string>
  readonly known: Map<string, number>
  crashes: number
  /** Runs in which things happened before and after the hour at which the day's cancel window closes in Japan. */
  overnight: number
}

const WINDOW_CLOSES_MS = Date.UTC(2026, 10, 20, 15, 15)

const tallied = (
  { failures, types, surplus, statuses, known, ...tally }: Tally,
  result: RunResult,
): Tally => {
  const failure = told(result, { mostOrders: MOST_ORDERS })
  if (failure !== undefined) failures.push(failure)
  for (const { type, data } of result.events) {
    types.add(type)
    if (type === 'SurplusPaymentRecorded') surplus.add(/"kind":"(\w+)"/.exec(JSON.stringify(data))?.[1] ?? '')
  }
  for (const status of Object.keys(result.statuses)) statuses.add(status)
  for (const { message } of result.known) known.set(message, (known.get(message) ?? 0) + 1)
  return {
    failures,
    types,
    surplus,
    statuses,
    known,
    crashes: tally.crashes + result.lives - result.plan.instances,
    overnight: tally.overnight + (isOvernight(result) ? 1 : 0),
  }
}

const isOvernight = ({ events }: RunResult): boolean => {
  const placedAtMs = events.filter(({ type }) => type === 'OrderPlaced').map(({ createdAtMs }) => createdAtMs)
  return (
    placedAtMs.some((atMs) => atMs < WINDOW_CLOSES_MS) && placedAtMs.some((atMs) => atMs > WINDOW_CLOSES_MS)
  )
}

describe('the simulated shop', () => {
  it.each([1, 7, 25])('does the same in every event when seed %i is run again', async (seed) => {
    const first = await runSeed(seed, { mostOrders: MOST_ORDERS })
    const second = await runSeed(seed, { mostOrders: MOST_ORDERS })
    expect(first.events.length).toBeGreaterThan(10)
    expect(second.logHash).toBe(first.logHash)
    expect(second.steps).toBe(first.steps)
  })

  it('does something else with another seed', async () => {
    const first = await runSeed(1, { mostOrders: MOST_ORDERS })
    const second = await runSeed(2, { mostOrders: MOST_ORDERS })
    expect(second.logHash).not.toBe(first.logHash)
  })

  it(
    `keeps every rule through ${SEEDS} seeds, and they see all that can happen`,
    { timeout: LIMIT_MS },
    async () => {
      let tally: Tally = {
        failures: [],
        types: new Set(),
        surplus: new Set(),
        statuses: new Set(),
        known: new Map(),
        crashes: 0,
        overnight: 0,
      }
      for (let seed = 1; seed <= SEEDS; seed += 1)
        tally = tallied(tally, await runSeed(seed, { mostOrders: MOST_ORDERS }))
      for (const [message, times] of tally.known)
        console.warn(`known, and not mended yet: ${message} (${times} times in ${SEEDS} seeds)`)

      expect(tally.failures.slice(0, MOST_TOLD).join('\n\n')).toBe('')
      expect([...tally.types]).toEqual(
        expect.arrayContaining([
          ...orderCodec.types,
          ...paymentCodec.types,
          'StockReserved',
          'StockReservationConfirmed',
          'StockReservationReleased',
          'ProviderNotificationReceived',
          'CheckoutShortageMet',
        ]),
      )
      expect([...tally.surplus].sort()).toStrictEqual(['DOUBLE', 'LATE', 'MISMATCHED'])
      expect([...tally.statuses].sort()).toStrictEqual(['CANCELLED', 'FAILED', 'PAID'])
      expect(tally.crashes).toBeGreaterThan(SEEDS / 10)
      expect(tally.overnight).toBeGreaterThan(SEEDS / 100)
    },
  )

  it.each(KNOWN)(
    'still shows a known bug, which is otherwise to be taken off the list: $message',
    { timeout: LIMIT_MS },
    async ({ message, seed }) => {
      const shown: string[] = []
      for (let next = seed; next < seed + NEARBY && !shown.includes(message); next += 1)
        shown.push(...(await runSeed(next, { mostOrders: MOST_ORDERS })).known.map((bug) => bug.message))
      expect(shown).toContain(message)
    },
  )
})
