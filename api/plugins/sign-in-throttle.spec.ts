import { SignJWT } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { manualClock, type ManualClock } from '#platform/clock/manual-clock.ts'
import { readConfig } from '#platform/config/config.ts'
import { Problem } from '../problems.ts'
import { signInAttempt, signInThrottle, type SignInAttempt, type SignInThrottle } from './sign-in-throttle.ts'

const tokenOf = (subject: string): Promise<string> =>
  new SignJWT({}).setSubject(subject).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32))

describe('throttling of sign-in', () => {
  let clock: ManualClock
  let throttle: SignInThrottle
  let hanako: string
  beforeEach(async () => {
    clock = manualClock(Date.UTC(2026, 10, 20))
    const config = readConfig({ SIGN_IN_FAILURES_BEFORE_WAITING: '3' })
    throttle = signInThrottle(config, clock)
    hanako = await tokenOf('hanako')
  })
  const by = (address: string, token = hanako): SignInAttempt => signInAttempt(address, token)
  /** In seconds; 0 when it is let in. */
  const waitOf = (attempt: SignInAttempt): number => {
    try {
      throttle.admit(attempt)
      return 0
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'rate-limited') throw error
      return error.details.retryAfterSeconds ?? Number.NaN
    }
  }
  const fail = (attempt: SignInAttempt, times: number): void => {
    for (let time = 0; time < times; time += 1) throttle.failed(attempt)
  }

  it('lets a few failures pass, and then asks for waits that double up to five minutes', async () => {
    const attempt = by('192.0.2.1')
    const waits = []
    for (let failures = 0; failures < 15; failures += 1) {
      waits.push(waitOf(attempt))
      await clock.advance(waitOf(attempt) * 1_000)
      expect(waitOf(attempt)).toBe(0)
      throttle.failed(attempt)
    }
    expect(waits).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
  })

  it('says how much of the wait is left, and lets in at its very end', async () => {
    const attempt = by('192.0.2.1')
    fail(attempt, 6)
    expect(waitOf(attempt)).toBe(8)
    await clock.advance(7_001)
    expect(waitOf(attempt)).toBe(1)
    await clock.advance(998)
    expect(waitOf(attempt)).toBe(1)
    await clock.advance(1)
    expect(waitOf(attempt)).toBe(0)
  })

  it('never holds up the owner of an account for what a stranger elsewhere does in their name', () => {
    fail(by('198.51.100.66'), 1_000)
    expect(waitOf(by('198.51.100.66'))).toBe(300)
    expect(waitOf(by('192.0.2.1'))).toBe(0)
  })

  it('holds up others at the stranger’s address for half a minute at most', async () => {
    const taro = await tokenOf('taro')
    fail(by('198.51.100.66'), 11)
    expect(waitOf(by('198.51.100.66', taro))).toBe(0)
    fail(by('198.51.100.66'), 1)
    expect(waitOf(by('198.51.100.66', taro))).toBe(1)
    fail(by('198.51.100.66'), 1_000)
    expect(waitOf(by('198.51.100.66', taro))).toBe(30)
  })

  it('counts guesses under ever new names by their address', async () => {
    for (let n = 0; n < 20; n += 1) throttle.failed(by('198.51.100.66', await tokenOf(`guess-${n}`)))
    expect(waitOf(by('198.51.100.66', await tokenOf('another')))).toBe(30)
    expect(waitOf(by('198.51.100.67', await tokenOf('another')))).toBe(0)
  })

  it('forgets a claim’s failures when it succeeds, and those of the address not', () => {
    const attempt = by('192.0.2.1')
    fail(attempt, 3)
    expect(waitOf(attempt)).toBe(1)
    throttle.succeeded(attempt)
    expect(waitOf(attempt)).toBe(0)
    for (let round = 0; round < 9; round += 1) {
      throttle.failed(attempt)
      throttle.succeeded(attempt)
    }
    expect(waitOf(attempt)).toBe(1)
  })

  it('forgets everything a quarter of an hour after the last wait', async () => {
    const attempt = by('192.0.2.1')
    fail(attempt, 5)
    await clock.advance(4_000 + 15 * 60_000 - 1)
    throttle.failed(attempt)
    expect(waitOf(attempt)).toBe(8)
    await clock.advance(8_000 + 15 * 60_000)
    fail(attempt, 2)
    expect(waitOf(attempt)).toBe(0)
  })

  it.each([
    '',
    'abc',
    'a.b.c',
    `${'x'.repeat(8_000)}.e30.`,
    `e30.${Buffer.from('{"sub":7}').toString('base64url')}.x`,
  ])('takes a token that cannot be read for one of nobody’s (%#)', (token) => {
    fail(by('192.0.2.1', token), 3)
    expect(waitOf(by('192.0.2.1', token))).toBe(1)
    expect(waitOf(by('192.0.2.1'))).toBe(0)
  })

  it('remembers a bounded number, and forgets those unseen for longest', () => {
    const first = by('192.0.2.1', 'x')
    fail(first, 3)
    for (let n = 0; n < 20_000; n += 1) throttle.failed({ address: `198.51.100.${n}`, claim: `claim-${n}` })
    expect(waitOf(first)).toBe(0)
  })

  it.each([
    ['production', 10],
    ['development', 1_000],
  ] as const)('in %s lets %i failures pass', (NODE_ENV, free) => {
    const { SIGN_IN_FAILURES_BEFORE_WAITING: _, ...config } = readConfig({})
    throttle = signInThrottle({ ...config, NODE_ENV }, clock)
    const attempt = by('127.0.0.1')
    fail(attempt, free - 1)
    expect(waitOf(attempt)).toBe(0)
    fail(attempt, 1)
    expect(waitOf(attempt)).toBe(1)
  })
})
