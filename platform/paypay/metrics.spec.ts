import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { measurePayPay } from './metrics.ts'
import { codeRequest, scriptedClient } from './spec-rig.ts'

describe('the figures about PayPay', () => {
  it('count attempts by outcome, and show circuit, clock and queue as they are when scraped', async () => {
    const registry = new Registry()
    const serverTimeMs = Date.parse('2026-11-21T12:01:00Z')
    const { client, clock, calls } = scriptedClient(() => ({ httpStatus: 401, serverTimeMs }))
    const note = measurePayPay(registry, () => client.condition())
    expect(await registry.metrics()).toContain('kessai_paypay_circuit_open 0')

    const outcome = client.createCode(codeRequest('p1'))
    await clock.advance(100)
    await outcome
    await client.createCode(codeRequest('p2'))
    for (const call of calls) note(call)
    const scraped = await registry.metrics()
    for (const line of [
      'kessai_paypay_calls_total{operation="create-code",outcome="unknown",reason="unauthorized"} 1',
      'kessai_paypay_calls_total{operation="create-code",outcome="unknown",reason="held-back"} 1',
      'kessai_paypay_circuit_open 1',
      'kessai_paypay_clock_skew_seconds 59.95',
      'kessai_paypay_calls_waiting 0',
    ]) {
      expect(scraped).toContain(line)
    }
    expect(scraped).not.toContain('p1')
  })
})
