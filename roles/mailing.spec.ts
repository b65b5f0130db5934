import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CustomerId, OrderId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import { placeOrder, PLACED_AT_MS } from '#domain/order/samples.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import { derivedId } from '#platform/ids/ids.ts'
import { openSqliteKeyring } from '#platform/keyring/sqlite.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { PROCESS_COLLECTIONS } from '#processmanagers/runner.ts'
import { LEASES, SILENT_FOR_MS } from '#projections/rebuild/leases.ts'
import { mailInTurn } from './mailing.ts'

/** Processes that mail, on one log and one read store, and a mail server that takes everything. */
const town = async () => {
  const clock = manualClock(PLACED_AT_MS)
  const log = memoryLog(clock)
  const readStore = openSqliteReadStore(':memory:')
  await readStore.prepare([...PROCESS_COLLECTIONS, LEASES])
  const keyring = openSqliteKeyring(':memory:', randomBytes(32))
  const commands = commandRunner({ store: log, clock, random: () => 0.5 })
  const customerId = CustomerId.parse('hanako')
  const taken: string[] = []
  let placed = 0
  const running: (() => Promise<void>)[] = []

  const start = (id: string) => {
    const stopping = new AbortController()
    let isSilent = false
    const mails = mailInTurn({
      store: log,
      readStore: {
        ...readStore,
        swap: (swap) => (isSilent ? Promise.reject(new Error('cut off')) : readStore.swap(swap)),
      },
      commands: commandRunner({ store: log, clock, random: () => 0.5 }),
      clock,
      signal: stopping.signal,
      log: () => {},
      holder: { id, isGone: () => false },
      keyring,
      mailer: {
        send: async ({ mailId }) => {
          taken.push(mailId)
          return { kind: 'sent' }
        },
      },
      wording: () => ({ subject: 's', title: 't', blocks: [] }),
    })
    const stop = async (): Promise<void> => {
      stopping.abort()
      await Promise.all([mails.stopped, clock.advance(5_000)])
    }
    running.push(stop)
    return {
      isActive: () => mails.status() !== undefined,
      stop,
      /** It lives, and can tell nobody. */
      cutOff: () => {
        isSilent = true
      },
    }
  }

  return {
    clock,
    taken,
    start,
    place: async (): Promise<void> => {
      const orderId = OrderId.parse(derivedId('spec', (placed += 1)))
      const contact = await keyring.seal(customerId, 'contact', { email: 'hanako@example.com' })
      await commands.run(
        order,
        orderId,
        { ...placeOrder, orderId, customerId, contact, placedAtMs: clock.nowMs() },
        { commandId: orderId, correlationId: orderId, causationId: orderId, actor: 'customer:hanako' },
      )
    },
    recorded: () => log.events.filter(({ type }) => type === 'MailSent').length,
    [Symbol.asyncDispose]: async () => {
      for (const stop of running) await stop()
      await readStore.close()
      await keyring.close()
    },
  }
}

describe('two processes that mail', () => {
  it('take turns, so that each mail goes out once', async () => {
    await using shop = await town()
    const both = [shop.start('one'), shop.start('two')]
    for (let nth = 0; nth < 10; nth += 1) await shop.place()
    await shop.clock.advance(5_000)
    expect(both.map(({ isActive }) => isActive())).toEqual([true, false])
    expect(shop.taken).toHaveLength(10)
    expect(shop.recorded()).toBe(10)
  })

  it('follow each other at once when one stops', async () => {
    await using shop = await town()
    const first = shop.start('one')
    await shop.place()
    await shop.clock.advance(2_000)
    const second = shop.start('two')
    await first.stop()
    await shop.place()
    await shop.clock.advance(3_000)
    expect(second.isActive()).toBe(true)
    expect(shop.taken).toHaveLength(2)
    expect(shop.recorded()).toBe(2)
  })

  it('are two for a while when one is taken for gone and is not, and still record each mail once', async () => {
    await using shop = await town()
    const first = shop.start('one')
    await shop.clock.advance(2_000)
    first.cutOff()
    const second = shop.start('two')
    await shop.clock.advance(SILENT_FOR_MS + 2_000)
    expect([first.isActive(), second.isActive()]).toEqual([true, true])
    await shop.place()
    await shop.clock.advance(2_000)
    expect(new Set(shop.taken).size).toBe(1)
    expect(shop.recorded()).toBe(1)
  })
})
