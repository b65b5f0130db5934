import { expect, it } from 'vitest'
import { NO_FACTS } from '#domain/inconsistency/facts.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { orderInLog } from './order-in-log.ts'
import { openDesk, orderId } from './testing.ts'

it('looks at everyone within ten seconds, however many are to be looked at', async () => {
  const desk = openDesk()
  await desk.place()
  await desk.open()
  await desk.fail()
  await desk.observe('COMPLETED')
  await desk.confirm()
  const others = Array.from({ length: 5_000 }, (_, nth) => ({
    id: derivedId('many-suspects', nth),
    facts: NO_FACTS,
  }))
  const all = [...others, { id: orderId, facts: await orderInLog(desk.log, orderId) }]
  desk.start({
    cases: {
      suspects: async (_upToMs, offset, limit) => all.slice(offset, offset + limit),
      newestAtMs: async () => undefined,
    },
  })
  await desk.clock.advance(10_000)
  expect(desk.alerts()).toStrictEqual(['C-late'])
  await desk.stop()
})
