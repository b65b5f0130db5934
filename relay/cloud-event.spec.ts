import { expect, it } from 'vitest'
import { cloudEvent } from './cloud-event.ts'
import { lifeOf, orderIdOf, recordedAs, SOURCE } from './testing.ts'

const [placed] = lifeOf(1)
if (placed === undefined) throw new Error('A life has a beginning')
const recorded = recordedAs(placed, 0)
const said = { type: 'OrderStatusChanged', key: orderIdOf(1), subject: orderIdOf(1), body: { at: 'noon' } }
const target = { topic: 'orders.events.v1', source: SOURCE }

it('is a CloudEvent in binary mode: attributes as headers, data as the value', () => {
  expect(cloudEvent(recorded, said, target)).toEqual({
    topic: 'orders.events.v1',
    key: orderIdOf(1),
    value: '{"at":"noon"}',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ce_specversion: '1.0',
      ce_id: recorded.id,
      ce_source: SOURCE,
      ce_type: 'OrderStatusChanged',
      ce_subject: orderIdOf(1),
      ce_time: new Date(recorded.createdAtMs).toISOString(),
      ce_sequence: '0000000000000007',
      ce_correlationid: orderIdOf(1),
      ce_causationid: 'cause',
    },
  })
})

it('passes a trace on, and leaves out what is not known', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  const traced = { ...recorded, metadata: { ...recorded.metadata, traceparent, causationId: '' } }
  const { headers } = cloudEvent(traced, said, target)
  expect(headers).toMatchObject({ ce_traceparent: traceparent, traceparent })
  expect(headers).not.toHaveProperty('ce_causationid')
})
