import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { cart } from '#domain/cart/aggregate.ts'
import { linesOf } from '#domain/cart/decider.ts'
import { customer } from '#domain/customer/aggregate.ts'
import type { CustomerCommand } from '#domain/customer/commands.ts'
import { CustomerId, ProductId } from '#domain/ids.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import type { Keyring } from '#platform/keyring/port.ts'
import { openSqliteKeyring } from '#platform/keyring/sqlite.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { openSqliteSessions } from '#platform/sessions/sqlite.ts'
import { PROCESS_COLLECTIONS, startProcess } from '../runner.ts'
import { catchUpKeyring } from './catching-up.ts'
import { forgetting } from './forgetting.ts'

const MINUTE_MS = 60_000
const customerId = CustomerId.parse('hanako')
const tea = { productId: ProductId.parse('tea'), quantity: 2 }

/** Somebody with a profile, a session and a cart, whom the API has just promised to forget. */
const openDesk = async () => {
  const clock = manualClock(1_800_000_000_000)
  const log = memoryLog(clock)
  const readStore = openSqliteReadStore(':memory:')
  await readStore.prepare(PROCESS_COLLECTIONS)
  const masterKey = randomBytes(32)
  const opened = openSqliteKeyring(':memory:', masterKey)
  let copies = 0
  const keyring: Keyring = {
    ...opened,
    forget: async (...request) => {
      await opened.forget(...request)
      if (copies === 0) return
      copies -= 1
      throw new Error('The keyring is being copied')
    },
  }
  const sessions = openSqliteSessions({ file: ':memory:', clock })
  const commands = commandRunner({ store: log, clock, random: () => 0 })
  const stopping = new AbortController()
  const { signal } = stopping
  let step = 0
  const context = () => ({
    commandId: `step-${(step += 1)}`,
    correlationId: customerId,
    causationId: '',
    actor: 'system:spec',
  })
  const tell = (command: CustomerCommand) => commands.run(customer, customerId, command, context())
  const fill = () => commands.run(cart, customerId, { type: 'ReplaceCart', items: [tea] }, context())
  const signIn = (key: string) =>
    sessions.set(key, { subject: customerId, body: '{}', expiresAtMs: clock.nowMs() + 9 * MINUTE_MS })
  const record = async () => {
    const information = await keyring.seal(customerId, 'profile', { name: '花子' })
    await tell({ type: 'RecordPersonalInformation', customerId, information, atMs: clock.nowMs() })
    return information
  }
  const told: string[] = []
  let away = 0
  const identity = {
    verify: async () => 'invalid' as const,
    forget: async (subject: string) => {
      if (away > 0) {
        away -= 1
        throw new Error('away')
      }
      told.push(subject)
    },
  }
  const start = () =>
    startProcess(
      forgetting({ eventStore: log, commands, keyring, sessions, identity, clock, log: () => {} }),
      { store: log, readStore, commands, clock, signal, log: () => {} },
    )
  return {
    clock,
    log,
    keyring,
    sessions,
    told,
    signal,
    record,
    fill,
    signIn,
    start,
    forget: (forgettingId: string) =>
      tell({ type: 'ForgetCustomer', customerId, forgettingId, subject: 'uid-1', atMs: clock.nowMs() }),
    inCart: async () => linesOf(await commands.state(cart, customerId)),
    beAway: (times: number) => {
      away = times
    },
    beCopied: (times: number) => {
      copies = times
    },
    again: () => readStore.clear('specs_only', 'process:forgetting'),
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await clock.advance(0)
      await Promise.all([readStore.close(), keyring.close(), sessions.close()])
    },
  }
}

describe('forgetting', () => {
  it('finishes what the API only recorded: key, sessions, cart and the identity provider', async () => {
    await using desk = await openDesk()
    const profile = await desk.record()
    await desk.signIn('phone')
    await desk.fill()
    await desk.forget('f1')
    desk.start()
    await desk.clock.advance(0)
    expect(await desk.keyring.open(profile, 'profile')).toBe('forgotten')
    expect(await desk.sessions.get('phone')).toBeUndefined()
    expect(await desk.inCart()).toEqual([])
    expect(desk.told).toEqual(['uid-1'])
  })

  it('asks again for as long as the identity provider is away, and everything else is done meanwhile', async () => {
    await using desk = await openDesk()
    const profile = await desk.record()
    await desk.forget('f1')
    desk.beAway(10)
    const running = desk.start()
    await desk.clock.advance(MINUTE_MS)
    expect(await desk.keyring.open(profile, 'profile')).toBe('forgotten')
    expect(running.status()).toMatchObject({ openDeadlines: 1, parkedKeys: 0 })
    expect(desk.told).toEqual([])
    await desk.clock.advance(10 * MINUTE_MS)
    expect(desk.told).toEqual(['uid-1'])
    expect(running.status().openDeadlines).toBe(0)
  })

  it('ends the sessions at once although the keyring is not done, and asks it again', async () => {
    await using desk = await openDesk()
    await desk.signIn('phone')
    await desk.forget('f1')
    desk.beCopied(1)
    desk.start()
    await desk.clock.advance(0)
    expect(await desk.sessions.get('phone')).toBeUndefined()
    expect(desk.told).toEqual([])
    await desk.clock.advance(MINUTE_MS)
    expect(desk.told).toEqual(['uid-1'])
  })

  it('delivered again, takes neither the key nor the cart of who came back', async () => {
    await using desk = await openDesk()
    await desk.record()
    await desk.forget('f1')
    desk.start()
    await desk.clock.advance(0)
    const anew = await desk.record()
    await desk.fill()
    await desk.again()
    desk.start()
    await desk.clock.advance(0)
    expect(await desk.keyring.open(anew, 'profile')).toEqual({ name: '花子' })
    expect(await desk.inCart()).toEqual([tea])
  })
})

describe('a keyring that was restored from before', () => {
  it('forgets again whom it had forgotten, and knows how far it got', async () => {
    await using desk = await openDesk()
    const profile = await desk.record()
    await desk.forget('f1')
    // This keyring stands for the copy: it never heard of the request.
    const { log: eventStore, keyring, signal } = desk
    expect(await keyring.open(profile, 'profile')).toEqual({ name: '花子' })
    await catchUpKeyring({ eventStore, keyring, signal })
    expect(await keyring.open(profile, 'profile')).toBe('forgotten')
    expect(await keyring.forgottenUpTo()).toBe(desk.log.events.at(-1)?.position)
  })

  it('spares who came back after a request it has carried out', async () => {
    await using desk = await openDesk()
    await desk.record()
    await desk.forget('f1')
    const { log: eventStore, keyring, signal } = desk
    await catchUpKeyring({ eventStore, keyring, signal })
    const anew = await desk.record()
    await catchUpKeyring({ eventStore, keyring, signal })
    expect(await keyring.open(anew, 'profile')).toEqual({ name: '花子' })
  })
})
