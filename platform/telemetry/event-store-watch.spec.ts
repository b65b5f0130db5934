import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { watchEventStore } from './event-store-watch.ts'

describe('the watch on the event store', () => {
  const watched = () => {
    const registry = new Registry()
    const warnings: object[] = []
    const watch = watchEventStore(registry, (facts, message) => warnings.push({ ...facts, message }))
    const lines = async () =>
      (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    return { ...watch, lines, warnings }
  }

  it('tells how appends ended and how long they took', async () => {
    const { observer, lines, warnings } = watched()
    observer.append('appended', 3)
    observer.append('conflict', 4)
    observer.append('unavailable', 31_000)
    observer.retry('payment-1', new Error('lost'))
    observer.unavailable('read')
    observer.rebuild(1)
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'kessai_event_store_append_duration_seconds_bucket{le="0.005",outcome="appended"} 1',
        'kessai_event_store_append_duration_seconds_count{outcome="conflict"} 1',
        'kessai_event_store_append_duration_seconds_sum{outcome="unavailable"} 31',
        'kessai_event_store_append_retries_total 1',
        'kessai_event_store_conflicts_total 1',
        'kessai_event_store_unavailable_total{call="append"} 1',
        'kessai_event_store_unavailable_total{call="read"} 1',
        'kessai_event_store_client_rebuilds_total 1',
      ]),
    )
    expect((await lines()).join('\n')).not.toContain('payment-1')
    expect(warnings).toEqual([
      expect.objectContaining({ stream: 'payment-1', error: 'Error: lost' }),
      expect.objectContaining({ rebuilds: 1 }),
    ])
  })

  it('warns of a subscription that was dropped, with its reason', () => {
    const { observer, warnings } = watched()
    const status = { name: 'offers', connected: false, caughtUp: false }
    observer.subscription({ ...status, restarts: 0 })
    observer.subscription({ ...status, restarts: 1, trouble: 'Connection dropped' })
    expect(warnings).toEqual([
      expect.objectContaining({ subscription: 'offers', error: 'Connection dropped' }),
    ])
  })

  it('tells of each subscription whether it hears the log, and how often it was dropped in all its lives', async () => {
    const { observer, subscriptions, lines } = watched()
    const status = (name: string, restarts: number, isUp: boolean) =>
      observer.subscription({ name, restarts, connected: isUp, caughtUp: isUp })
    status('offers', 0, true)
    for (const restarts of [1, 2, 2]) status('checkout', restarts, restarts === 2)
    expect(subscriptions()).toEqual([
      { name: 'offers', restarts: 0, connected: true, caughtUp: true },
      { name: 'checkout', restarts: 2, connected: true, caughtUp: true },
    ])
    observer.subscriptionEnded('checkout')
    expect(subscriptions().map(({ name }) => name)).toEqual(['offers'])
    status('checkout', 0, false)
    status('checkout', 1, false)
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'kessai_subscription_connected{subscription="offers"} 1',
        'kessai_subscription_connected{subscription="checkout"} 0',
        'kessai_subscription_caught_up{subscription="checkout"} 0',
        'kessai_subscription_restarts_total{subscription="checkout"} 3',
        'kessai_subscription_restarts_total{subscription="offers"} 0',
      ]),
    )
  })
})
