import { beforeEach, describe, expect, it } from 'vitest'
import { CustomerId } from '#domain/ids.ts'
import { manualClock, type ManualClock } from '#platform/clock/manual-clock.ts'
import { IdentityUnavailable, type Standing } from '#platform/identity/port.ts'
import { accountStanding, type AccountStanding } from './account-standing.ts'
import type { Customer } from './session-cookies.ts'

const NOON = Date.UTC(2026, 10, 20, 12)
const MINUTE = 60_000

describe('the standing of an account', () => {
  let clock: ManualClock
  let says: Standing | 'nothing'
  let asked: string[]
  let unknown: unknown[]
  let standing: AccountStanding
  beforeEach(() => {
    clock = manualClock(NOON)
    says = { validSinceMs: 0 }
    asked = []
    unknown = []
    standing = accountStanding({
      identity: {
        verify: () => Promise.resolve('invalid'),
        standing: async (subject) => {
          asked.push(subject)
          await clock.sleep(100)
          if (says === 'nothing') throw new IdentityUnavailable('silent')
          return says
        },
      },
      clock,
      onUnknown: (error) => unknown.push(error),
    })
  })
  const signedIn = (subject = 'hanako'): Customer => ({
    customerId: CustomerId.parse(`customer-of-${subject}`),
    roles: ['customer'],
    subject,
    expiresAtMs: clock.nowMs() + 60 * MINUTE,
    signedInAtMs: clock.nowMs(),
    lookedAtMs: clock.nowMs(),
  })
  const of = async (customer: Customer, withinMs = MINUTE) => {
    const answer = standing.of(customer, withinMs)
    await clock.advance(100)
    return await answer
  }

  it('is asked for once the last word is older than it may be, the sign-in counting as one', async () => {
    const hanako = signedIn()
    expect(await of(hanako)).toEqual({ knownAtMs: NOON })
    await clock.advance(MINUTE)
    const askedAtMs = clock.nowMs()
    expect(asked).toEqual([])
    expect(await of(hanako)).toEqual({ knownAtMs: askedAtMs })
    expect(await of(hanako)).toEqual({ knownAtMs: askedAtMs })
    expect(asked).toEqual(['hanako'])
  })

  it('is asked for once for all who wait, and for each person by themselves', async () => {
    const [hanako, taro] = [signedIn(), signedIn('taro')]
    await clock.advance(2 * MINUTE)
    const answers = [hanako, taro, hanako, hanako, taro].map((each) => standing.of(each, MINUTE))
    await clock.advance(100)
    await Promise.all(answers)
    expect(asked).toEqual(['hanako', 'taro'])
  })

  it('has ended with the account, and stays so without another question', async () => {
    const hanako = signedIn()
    await clock.advance(2 * MINUTE)
    says = 'ended'
    expect(await of(hanako)).toBe('ended')
    expect(await of(hanako)).toBe('ended')
    expect(asked).toHaveLength(1)
  })

  it('has ended for those who signed in before a revocation, and for nobody who did so since', async () => {
    const before = signedIn()
    await clock.advance(2 * MINUTE)
    says = { validSinceMs: clock.nowMs() }
    const after = signedIn()
    expect(await of(before)).toBe('ended')
    expect(await of(after)).toEqual({ knownAtMs: after.lookedAtMs })
  })

  it('is not what it was before somebody was let in again', async () => {
    const before = signedIn()
    await clock.advance(2 * MINUTE)
    says = 'ended'
    expect(await of(before)).toBe('ended')
    const again = signedIn()
    expect(await of(again)).toEqual({ knownAtMs: again.lookedAtMs })
  })

  it('stays what it was while the issuer says nothing, which is asked for again after half a minute', async () => {
    const hanako = signedIn()
    await clock.advance(2 * MINUTE)
    says = 'nothing'
    expect(await of(hanako)).toEqual({ knownAtMs: NOON })
    expect(await of(hanako)).toEqual({ knownAtMs: NOON })
    expect([asked.length, unknown.length]).toEqual([1, 1])
    await clock.advance(30_000)
    says = 'ended'
    expect(await of(hanako)).toBe('ended')
    await clock.advance(5 * MINUTE)
    says = 'nothing'
    expect(await of(hanako)).toBe('ended')
  })

  it('is good where the issuer keeps no accounts', async () => {
    const none = accountStanding({
      identity: { verify: () => Promise.resolve('invalid') },
      clock,
      onUnknown: () => {},
    })
    const hanako = signedIn()
    await clock.advance(50 * MINUTE)
    expect(await none.of(hanako, MINUTE)).toEqual({ knownAtMs: clock.nowMs() })
  })
})
