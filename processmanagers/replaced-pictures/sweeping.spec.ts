import { describe, expect, it } from 'vitest'
import { product } from '#domain/catalogue/aggregate.ts'
import type { Picture } from '#domain/catalogue/events.ts'
import { ProductId } from '#domain/ids.ts'
import { money } from '#domain/money/money.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { REPLACED_KEPT_FOR_MS, SWEPT, sweepReplacedPictures } from './sweeping.ts'

const named = (letter: string, extension: string) => `${letter.repeat(64)}.${extension}`
/** By two letters of hexadecimal digits, so that pictures can share a file. */
const picture = (original: string, thumbnail: string): Picture => ({
  original: { name: named(original, 'jpg'), width: 800, height: 600 },
  thumbnail: { name: named(thumbnail, 'webp'), width: 320, height: 320 },
})
const [FIRST, SECOND, THIRD] = [picture('a', '1'), picture('b', '2'), picture('c', '3')]
const filesOf = ({ original, thumbnail }: Picture) => [original.name, thumbnail.name]

const openShop = () => {
  const clock = manualClock(1_800_000_000_000)
  const log = memoryLog(clock)
  const readStore = openSqliteReadStore(':memory:')
  const commands = commandRunner({ store: log, clock, random: () => 0 })
  const files = new Map<string, Uint8Array>()
  const stopping = new AbortController()
  const wishes: { onRemove?: () => Promise<unknown>; isAway?: boolean } = {}
  let step = 0
  const run = (id: string, command: Parameters<typeof product.decider.decide>[1]) => {
    step += 1
    const context = { commandId: `c${step}`, correlationId: id, causationId: '', actor: 'system:spec' }
    return commands.run(product, ProductId.parse(id), command, context)
  }
  const keep = (of: Picture): void => {
    for (const name of filesOf(of)) files.set(name, Buffer.from(name))
  }
  const shop = {
    clock,
    log,
    readStore,
    files,
    wishes,
    stop: () => stopping.abort(),
    list: (id: string) =>
      run(id, {
        type: 'ListProduct',
        productId: ProductId.parse(id),
        category: 'tea',
        title: { ja: id },
        description: { ja: id },
        price: money(100, 'JPY'),
        taxRatePercent: 8,
        listedAtMs: 0,
      }),
    delist: (id: string) => run(id, { type: 'DelistProduct', atMs: clock.nowMs() }),
    keep,
    /** As an upload does it: the files first. */
    show: async (id: string, shown: Picture) => {
      keep(shown)
      await run(id, { type: 'AttachImage', picture: shown, atMs: clock.nowMs() })
    },
    sweep: () =>
      sweepReplacedPictures({
        eventStore: log,
        images: {
          get: async (name) => files.get(name),
          put: async (name, bytes) => {
            files.set(name, bytes)
          },
          remove: async (name) => {
            if (wishes.isAway === true) throw new Error('The bucket is away')
            files.delete(name)
            await wishes.onRemove?.()
          },
        },
        readStore,
        nowMs: clock.nowMs(),
        signal: stopping.signal,
      }),
    monthLater: () => clock.advance(REPLACED_KEPT_FOR_MS),
  }
  return shop
}

const isThere = (shop: ReturnType<typeof openShop>, of: Picture) =>
  filesOf(of).map((name) => shop.files.has(name))

describe('the files of a picture that was replaced', () => {
  it('stay for a month, then go, and going twice is harmless', async () => {
    const shop = openShop()
    await shop.list('cup')
    await shop.show('cup', FIRST)
    await shop.show('cup', SECOND)
    await shop.clock.advance(REPLACED_KEPT_FOR_MS - 1)
    expect(await shop.sweep()).toBe(0)
    expect(isThere(shop, FIRST)).toStrictEqual([true, true])
    await shop.clock.advance(1)
    expect(await shop.sweep()).toBe(2)
    expect(isThere(shop, FIRST)).toStrictEqual([false, false])
    expect(isThere(shop, SECOND)).toStrictEqual([true, true])
    expect(await shop.sweep()).toBe(0)
    await shop.readStore.clear('x', SWEPT)
    expect(await shop.sweep()).toBe(0)
  })

  it('stay for as long as any product is shown by them, on sale or not', async () => {
    const shop = openShop()
    for (const id of ['cup', 'bowl', 'plate']) await shop.list(id)
    const sharing = picture('d', '1')
    await shop.show('cup', FIRST)
    await shop.show('bowl', sharing)
    await shop.show('plate', THIRD)
    await shop.delist('bowl')
    await shop.delist('plate')
    await shop.show('cup', SECOND)
    await shop.monthLater()
    expect(await shop.sweep()).toBe(1)
    expect(isThere(shop, FIRST)).toStrictEqual([false, true])
    expect([...isThere(shop, sharing), ...isThere(shop, THIRD)]).not.toContain(false)
    // Behind the mark of what was swept: nobody needs the shared one any more.
    await shop.show('bowl', SECOND)
    await shop.monthLater()
    expect(await shop.sweep()).toBe(2)
    expect(isThere(shop, sharing)).toStrictEqual([false, false])
  })

  it('stay when the product went back to them, and are counted anew when it leaves them again', async () => {
    const shop = openShop()
    await shop.list('cup')
    for (const shown of [FIRST, SECOND, FIRST]) await shop.show('cup', shown)
    await shop.monthLater()
    expect(await shop.sweep()).toBe(2)
    expect(isThere(shop, FIRST)).toStrictEqual([true, true])
    await shop.show('cup', THIRD)
    await shop.clock.advance(REPLACED_KEPT_FOR_MS - 1)
    expect(await shop.sweep()).toBe(0)
    await shop.clock.advance(1)
    expect(await shop.sweep()).toBe(2)
  })

  it('are put back when a product is shown by them in the moment they go', async () => {
    const shop = openShop()
    for (const id of ['cup', 'bowl']) await shop.list(id)
    await shop.show('cup', FIRST)
    await shop.show('cup', SECOND)
    await shop.monthLater()
    // The other product's upload found the files there, just before.
    let isOnce = true
    shop.wishes.onRemove = async () => {
      if (!isOnce) return
      isOnce = false
      const before = new Map(shop.files)
      await shop.show('bowl', FIRST)
      shop.files.clear()
      for (const [name, bytes] of before) shop.files.set(name, bytes)
    }
    expect(await shop.sweep()).toBe(0)
    expect(isThere(shop, FIRST)).toStrictEqual([true, true])
  })

  it('are tried again where the place was away, or the sweep was killed', async () => {
    const shop = openShop()
    await shop.list('cup')
    await shop.show('cup', FIRST)
    await shop.show('cup', SECOND)
    await shop.monthLater()
    shop.wishes.isAway = true
    await expect(shop.sweep()).rejects.toThrow('away')
    shop.wishes.isAway = false
    expect(await shop.sweep()).toBe(2)
    await shop.show('cup', THIRD)
    await shop.monthLater()
    shop.stop()
    await expect(shop.sweep()).rejects.toThrow('not read to its end')
    expect(isThere(shop, SECOND)).toStrictEqual([true, true])
  })

  it('all stay while one of the pictures named cannot be read', async () => {
    const shop = openShop()
    await shop.list('cup')
    await shop.show('cup', FIRST)
    await shop.show('cup', SECOND)
    await shop.log.append(
      'product-bowl',
      [
        {
          id: '00000000-0000-4000-8000-000000000001',
          type: 'ProductImageAttached',
          data: { picture: 'of a later version' },
          metadata: { correlationId: '', causationId: '', commandId: '', actor: '', schemaVersion: 9 },
        },
      ],
      'no-stream',
    )
    await shop.monthLater()
    await expect(shop.sweep()).rejects.toThrow('ProductImageAttached')
    expect(isThere(shop, FIRST)).toStrictEqual([true, true])
  })
})
