import { describe, expect, it } from 'vitest'
import { manualClock } from '../clock/manual-clock.ts'
import { ClientReplaced, isDefinite, isSilence, NoAnswer, within } from './outcome.ts'

const failure = (facts: object, message = ''): Error => Object.assign(new Error(message), facts)

describe('what an error says about a call', () => {
  it.each([
    ['a stream that was ended', failure({ type: 'stream-deleted', code: 9 })],
    ['no access', failure({ type: 'access-denied', code: 16 })],
    ['too much at once', failure({ type: 'maximum-append-size-exceeded', code: 3 })],
    ['a call the server does not know', failure({ type: 'unknown', code: 12 })],
    [
      'a message over the limit',
      failure({ code: 8 }, '8 RESOURCE_EXHAUSTED: Received message larger than max'),
    ],
    ['a bug of ours', new TypeError('not JSON')],
  ])('%s is definite', (_, error) => {
    expect(isDefinite(error)).toBe(true)
  })

  it.each([
    ['a lost connection', failure({ type: 'unavailable', code: 14 })],
    ['a deadline', failure({ type: 'deadline-exceeded', code: 4 })],
    ['a call that the server cancelled', failure({ type: 'cancelled', code: 1 })],
    ['a server with too much to do', failure({ type: 'unknown', code: 8 }, '8 RESOURCE_EXHAUSTED: busy')],
    ['an inner fault', failure({ type: 'unknown', code: 13 })],
    ['another leader', failure({ type: 'not-leader', code: 5 })],
    ['silence', new NoAnswer('nothing')],
    ['a replaced client', new ClientReplaced('gone')],
    ['what is no error at all', 'oh'],
  ])('%s leaves the outcome unknown', (_, error) => {
    expect(isDefinite(error)).toBe(false)
  })

  it('tells silence from a broken connection', () => {
    expect([failure({ type: 'deadline-exceeded' }), new NoAnswer('')].map(isSilence)).toEqual([true, true])
    expect([failure({ type: 'unavailable' }), new ClientReplaced('')].map(isSilence)).toEqual([false, false])
  })
})

describe('a limited wait', () => {
  it('ends with the answer, with silence at the limit, or with the client that was asked', async () => {
    const clock = manualClock(0)
    const never = new Promise<never>(() => {})
    expect(await within(100, clock, Promise.resolve('answer'))).toBe('answer')
    const reasonOf = (waiting: Promise<never>): Promise<unknown> => waiting.catch((error: unknown) => error)
    const silent = reasonOf(within(100, clock, never))
    await clock.advance(100)
    expect(await silent).toBeInstanceOf(NoAnswer)
    const replacing = new AbortController()
    const replaced = reasonOf(within(100, clock, never, replacing.signal))
    replacing.abort()
    expect(await replaced).toBeInstanceOf(ClientReplaced)
    expect(await reasonOf(within(100, clock, never, replacing.signal))).toBeInstanceOf(ClientReplaced)
  })
})
