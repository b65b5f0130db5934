import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Batch, EventStore, SubscribeOptions } from '#platform/eventstore/port.ts'
import { apiBench, until, type ApiBench, type Browser } from './testing.ts'

describe('remembered prices', () => {
  let bench: ApiBench
  let hanako: Browser
  let report: SubscribeOptions['onStatus']
  let reads = 0

  /** A subscription that is live and says nothing, like one whose connection hangs. */
  async function* silent({ signal }: SubscribeOptions): AsyncIterable<Batch> {
    report?.({ name: 'offers', connected: true, caughtUp: true, restarts: 0 })
    yield { events: [], position: undefined, caughtUp: true }
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true })
    })
  }
  beforeAll(async () => {
    bench = await apiBench({
      replace: ({ eventStore, commands }) => {
        const subscribe: EventStore['subscribe'] = (options) => {
          if (options.name !== 'offers') return eventStore.subscribe(options)
          report = options.onStatus
          return silent(options)
        }
        return {
          eventStore: { ...eventStore, subscribe },
          commands: {
            ...commands,
            state: (aggregate, id) => {
              if (aggregate.category === 'product') reads += 1
              return commands.state(aggregate, id)
            },
          },
        }
      },
    })
    hanako = await bench.signIn('hanako@example.com')
  })
  afterAll(() => bench.close())

  const order = async (productId: string, expectedTotalMinor?: number) => {
    const reply = await hanako.order({
      items: [{ productId, quantity: 1 }],
      paymentMethod: 'PAYPAY',
      ...(expectedTotalMinor === undefined ? {} : { expectedTotalMinor }),
    })
    const { code, amount } = reply.json<{ code?: string; amount?: { amountMinor: number } }>()
    return { httpStatus: reply.statusCode, code, amountMinor: amount?.amountMinor }
  }

  it('never refuse a buyer: before a refusal the log is read', async () => {
    await bench.offer('matcha', 2_000)
    await order('matcha')
    reads = 0
    await order('matcha')
    expect(reads).toBe(0)
    await bench.reprice('matcha', 2_500)
    expect(await order('matcha', 2_500)).toMatchObject({ httpStatus: 201, amountMinor: 2_500 })
    expect(await order('matcha', 2_000)).toMatchObject({ httpStatus: 409, code: 'price-changed' })
  })

  it('are forgotten as soon as nobody says any more when one changes', async () => {
    await bench.offer('sencha', 1_000)
    await order('sencha')
    await bench.reprice('sencha', 1_100)
    report?.({ name: 'offers', connected: false, caughtUp: false, restarts: 1 })
    expect(await order('sencha')).toMatchObject({ httpStatus: 201, amountMinor: 1_100 })
    reads = 0
    await order('sencha')
    expect(reads).toBe(1)
    report?.({ name: 'offers', connected: true, caughtUp: true, restarts: 1 })
    await order('sencha')
    reads = 0
    await until('the price is remembered again', async () => {
      await order('sencha')
      return reads === 0
    })
    expect(reads).toBe(0)
  })
})
