import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { manualClock, type ManualClock } from '../clock/manual-clock.ts'
import { MOST_OF_ONE, type SessionStore } from './port.ts'

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

    it('knows whether a subject has a session', async () => {
      expect(await store.isSignedIn('hanako')).toBe(false)
      await store.set('a', record('hanako', 1_000))
      await store.set('b', record('taro'))
      expect(await store.isSignedIn('hanako')).toBe(true)
      await clock.advance(1_000)
      expect(await store.isSignedIn('hanako')).toBe(false)
      await store.destroy('b')
      expect(await store.isSignedIn('taro')).toBe(false)
    })

    it('lets a key pass to somebody else: the first no longer ends it, the second does', async () => {
      await store.set('a', record('hanako'))
      await store.set('a', record('taro'))
      expect(await store.destroyAllOf('hanako')).toBe(0)
      expect(await store.get('a')).toMatchObject({ subject: 'taro' })
      expect(await store.destroyAllOf('taro')).toBe(1)
    })

    it('forgets the old key of a rotation, whoever it belonged to', async () => {
      await store.set('planted', record('taro'))
      await store.destroy('planted')
      await store.set('fresh', record('hanako'))
      expect(await store.get('planted')).toBeUndefined()
      expect(await store.destroyAllOf('taro')).toBe(0)
      expect(await store.get('fresh')).toBeDefined()
    })

    it('ends sessions that are set while all are being ended, or leaves them whole', async () => {
      const keys = Array.from({ length: 40 }, (_, n) => `s-${n}`)
      const ending = keys.flatMap((key, n) => [
        store.set(key, record('hanako')),
        ...(n % 10 === 0 ? [store.destroyAllOf('hanako')] : []),
      ])
      await Promise.all(ending)
      const alive = (await Promise.all(keys.map((key) => store.get(key)))).filter((one) => one !== undefined)
      // Whatever lives is in the list of its subject, and so can be ended.
      expect(await store.destroyAllOf('hanako')).toBe(alive.length)
      for (const key of keys) expect(await store.get(key)).toBeUndefined()
    })

    it('keeps a bounded number of sessions of one subject: whoever signs in once more ends the oldest', async () => {
      await store.set('of taro', record('taro', 1_000))
      for (let n = 0; n < MOST_OF_ONE; n += 1) {
        await store.set(`s-${n}`, record('hanako'))
        await clock.advance(1)
      }
      expect(await store.get('s-0')).toBeDefined()
      await store.set('one more', record('hanako'))
      expect(await store.get('s-0')).toBeUndefined()
      expect(await store.get('s-1')).toBeDefined()
      expect(await store.get('one more')).toBeDefined()
      expect(await store.get('of taro')).toBeDefined()
      // One that is only renewed takes nobody's place.
      await store.set('one more', record('hanako'))
      expect(await store.get('s-1')).toBeDefined()
      expect(await store.destroyAllOf('hanako')).toBe(MOST_OF_ONE)
    })

    it('never ends the newest for being the one that ends soonest', async () => {
      for (let n = 0; n < MOST_OF_ONE; n += 1) await store.set(`s-${n}`, record('hanako', 60_000 + n))
      await store.set('brief', record('hanako', 1_000))
      expect(await store.get('brief')).toBeDefined()
      expect(await store.get('s-0')).toBeUndefined()
      expect(await store.get('s-1')).toBeDefined()
    })

    it('counts no session that has expired among those of a subject', async () => {
      for (let n = 0; n < MOST_OF_ONE; n += 1) await store.set(`s-${n}`, record('hanako', 1_000))
      await clock.advance(1_000)
      for (let n = 0; n < MOST_OF_ONE; n += 1) await store.set(`t-${n}`, record('hanako'))
      for (let n = 0; n < MOST_OF_ONE; n += 1) expect(await store.get(`t-${n}`), `t-${n}`).toBeDefined()
    })

    it('ends a session that was renewed after its first end was told', async () => {
      await store.set('a', record('hanako', 1_000))
      await store.set('a', record('hanako', 50_000))
      await clock.advance(2_000)
      expect(await store.get('a')).toBeDefined()
      expect(await store.destroyAllOf('hanako')).toBe(1)
    })

    it('counts no session among those of a subject that was signed out before', async () => {
      await store.set('a', record('hanako'))
      await store.set('b', record('hanako'))
      await store.destroy('a')
      await store.destroy('never there')
      expect(await store.destroyAllOf('hanako')).toBe(1)
    })

    it('keeps a body of a hundred thousand characters as it is', async () => {
      const large = record('hanako', 60_000, JSON.stringify({ text: 'お茶\n"🍵\u0000'.repeat(12_500) }))
      await store.set('a', large)
      expect(await store.get('a')).toEqual(large)
    })

    it.each([
      '',
      ' ',
      'a:b*?[]{}',
      "'; DROP TABLE sessions",
      'キー🍵',
      'two\nlines',
      'x'.repeat(2_000),
      '__proto__',
    ])('takes strange text for a key, a subject and a body like any other (%#)', async (strange) => {
      const own = record(strange, 60_000, strange)
      await store.set(strange, own)
      await store.set('other', record('hanako'))
      expect(await store.get(strange)).toEqual(own)
      expect(await store.destroyAllOf(strange)).toBe(1)
      expect(await store.get(strange)).toBeUndefined()
      expect(await store.get('other')).toBeDefined()
    })

    it('tells two subjects apart that look alike where they are written', async () => {
      await store.set('a', record('x"y'))
      await store.set('b', record('x\\"y'))
      await store.set('c', record('x\ny'))
      expect(await store.destroyAllOf('x\\ny')).toBe(0)
      expect(await store.destroyAllOf('x"y')).toBe(1)
      expect(await store.get('b')).toBeDefined()
      expect(await store.get('c')).toMatchObject({ subject: 'x\ny' })
    })
  })
}
