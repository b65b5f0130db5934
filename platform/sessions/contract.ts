import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { manualClock, type ManualClock } from '../clock/manual-clock.ts'
import type { SessionStore } from './port.ts'

/** What every session store must do. `open` gives one that is empty and reads its time from the clock. */
export const sessionStoreContract = (
  engine: string,
  open: (clock: ManualClock) => Promise<SessionStore>,
): void => {
  describe(`a session store in ${engine}`, () => {
    let store: SessionStore
    let clock: ManualClock
    beforeEach(async () => {
      clock = manualClock(Date.UTC(2026, 10, 20))
      store = await open(clock)
    })
    afterEach(async () => {
      await store.close()
    })
    const record = (subject: string, lifeMs = 60_000, body = '{}') => ({
      subject,
      body,
      expiresAtMs: clock.nowMs() + lifeMs,
    })

    it('answers what was set, and nothing for a key it never saw', async () => {
      const hanako = record('hanako', 60_000, '{"theme":"dark"}')
      await store.set('a', hanako)
      expect(await store.get('a')).toEqual(hanako)
      expect(await store.get('b')).toBeUndefined()
    })

    it('replaces a session that is set again', async () => {
      await store.set('a', record('hanako'))
      const again = record('taro', 120_000, '{"n":2}')
      await store.set('a', again)
      expect(await store.get('a')).toEqual(again)
    })

    it('forgets a session at the millisecond it expires', async () => {
      await store.set('a', record('hanako', 60_000))
      await clock.advance(59_999)
      expect(await store.get('a')).toBeDefined()
      await clock.advance(1)
      expect(await store.get('a')).toBeUndefined()
    })

    it('keeps nothing that has already expired', async () => {
      await store.set('a', record('hanako'))
      await store.set('a', record('hanako', 0))
      expect(await store.get('a')).toBeUndefined()
    })

    it('destroys one session, and destroying it again changes nothing', async () => {
      await store.set('a', record('hanako'))
      await store.set('b', record('hanako'))
      await store.destroy('a')
      await store.destroy('a')
      expect(await store.get('a')).toBeUndefined()
      expect(await store.get('b')).toBeDefined()
    })

    it('destroys all sessions of one subject and nobody else', async () => {
      await store.set('a', record('hanako'))
      await store.set('b', record('hanako'))
      await store.set('c', record('taro'))
      expect(await store.destroyAllOf('hanako')).toBe(2)
      expect(await store.destroyAllOf('hanako')).toBe(0)
      expect(await store.get('a')).toBeUndefined()
      expect(await store.get('b')).toBeUndefined()
      expect(await store.get('c')).toBeDefined()
    })
  })
}
