import { expect, it } from 'vitest'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import { FORGETTING } from '../forgetting/process-name.ts'
import { parking } from '../parking/parking.ts'
import { setAsideInLog } from './set-aside.ts'

const CUSTOMER = '0199bbbb-0000-7000-8000-000000000001'

it('a person whose case stands still is told apart from others, and not named', async () => {
  const clock = manualClock(1_800_000_000_000)
  const log = memoryLog(clock)
  const commands = commandRunner({ store: log, clock, random: () => 0 })
  for (const [process, key] of [
    [FORGETTING, CUSTOMER],
    [FORGETTING, 'hanako'],
    ['checkout', 'an-order'],
  ] as const)
    await commands.run(
      parking,
      process,
      { type: 'ParkWork', key, work: { kind: 'deadline', name: 'd' }, error: 'e', atMs: 1 },
      { commandId: key, correlationId: key, causationId: key, actor: `process:${process}` },
    )
  const look = setAsideInLog(log, [FORGETTING, 'checkout'])
  const found = await look()
  expect(new Set(found.map(({ id }) => id)).size).toBe(3)
  expect(JSON.stringify(found)).not.toMatch(new RegExp(`${CUSTOMER}|hanako`))
  expect(JSON.stringify(found)).toContain('checkout/an-order')
  expect(await look()).toStrictEqual(found)
})
