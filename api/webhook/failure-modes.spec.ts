import { afterEach, describe, expect, it } from 'vitest'
import { KEPT_OF_STRANGERS } from '#domain/notification/decider.ts'
import { EventStoreUnavailable } from '#platform/eventstore/port.ts'
import { UNKNOWN_NOTIFICATIONS_STREAM, type Reception } from './receiving.ts'
import { bodyFor, deliver, openInbox } from './spec-rig.ts'

const QUIET_MS = 2_000

let rig: ReturnType<typeof openInbox>
afterEach(() => rig.stop())

interface Answer {
  readonly said: Reception['verdict'] | 'unavailable'
  readonly afterMs: number
}

/** Lets an answer come while the virtual clock goes on, and says what it was and how long it took. */
const answerTo = async (pending: Promise<Reception>): Promise<Answer | undefined> => {
  const askedAtMs = rig.clock.nowMs()
  const answers: Answer[] = []
  const settled = pending.then(
    ({ verdict }) => {
      answers.push({ said: verdict, afterMs: rig.clock.nowMs() - askedAtMs })
    },
    (error: unknown) => {
      expect(error).toBeInstanceOf(EventStoreUnavailable)
      answers.push({ said: 'unavailable', afterMs: rig.clock.nowMs() - askedAtMs })
    },
  )
  for (let ms = 0; ms < 10_000 && answers.length === 0; ms += 10) await rig.clock.advance(10)
  await settled
  return answers[0]
}

describe('failure mode 2: a forged webhook says COMPLETED', () => {
  it('leads to one question per 2 s at most, however many different bodies come about one attempt', async () => {
    rig = openInbox()
    const id = await rig.attempt()
    await rig.startConfirmation()
    for (let nth = 0; nth < 1_000; nth += 1) {
      await deliver(rig.inbox, bodyFor(id, { order_id: String(nth) }))
      await rig.clock.advance(10)
    }
    expect(rig.askedAtMs.length).toBeGreaterThanOrEqual(4)
    const between = rig.askedAtMs.slice(1).map((atMs, index) => atMs - (rig.askedAtMs[index] ?? 0))
    expect(Math.min(...between)).toBeGreaterThanOrEqual(QUIET_MS)
    expect(rig.typesOf(`payment-${id}`)).not.toContain('PaymentSucceeded')
  })

  it('changes nothing even when its address and its signature are right', async () => {
    rig = openInbox()
    const id = await rig.attempt()
    await deliver(rig.inbox, bodyFor(id), { trusted: true, signature: 'verified' })
    await rig.clock.advance(5_000)
    expect(rig.askedAtMs).toHaveLength(1)
    expect(rig.typesOf(`payment-${id}`)).not.toContain('PaymentSucceeded')
    expect(rig.typesOf(`payment-${id}`)).not.toContain('PaymentFailed')
  })

  it('fills only the room of strangers: what the provider sends is kept, and every body leads to a question', async () => {
    rig = openInbox()
    const id = await rig.attempt()
    const verdicts: string[] = []
    for (let nth = 0; nth < KEPT_OF_STRANGERS + 20; nth += 1)
      verdicts.push((await deliver(rig.inbox, bodyFor(id, { order_id: String(nth) }))).verdict)
    expect(verdicts.slice(-20)).toEqual(Array.from({ length: 20 }, () => 'inbox-full'))
    expect(rig.typesOf(`notification-${id}`)).toHaveLength(KEPT_OF_STRANGERS)

    expect((await deliver(rig.inbox, bodyFor(id), { trusted: true })).verdict).toBe('stored')
    expect(rig.typesOf(`notification-${id}`)).toHaveLength(KEPT_OF_STRANGERS + 1)
    await rig.clock.advance(10_000)
    const asked = rig.askedAtMs.length
    expect((await deliver(rig.inbox, bodyFor(id, { order_id: 'late' }))).verdict).toBe('inbox-full')
    await rig.clock.advance(5_000)
    expect(rig.askedAtMs).toHaveLength(asked + 1)
  })
})

describe('failure mode 6: one webhook comes many times at once', () => {
  it('stores twenty copies once, in two processes too, and books one success', async () => {
    rig = openInbox()
    const id = await rig.attempt()
    await rig.startConfirmation()
    const second = rig.openInstance()
    rig.paid()
    const copies = Array.from({ length: 40 }, (_, nth) =>
      deliver(nth % 2 === 0 ? rig.inbox : second.inbox, bodyFor(id)),
    )
    for (let ms = 0; ms < 1_000; ms += 10) await rig.clock.advance(10)
    const verdicts = (await Promise.all(copies)).map(({ verdict }) => verdict)
    expect(verdicts.filter((verdict) => verdict === 'stored')).toHaveLength(1)
    expect(verdicts.filter((verdict) => verdict === 'repeated')).toHaveLength(39)
    expect(rig.typesOf(`notification-${id}`)).toEqual(['ProviderNotificationReceived'])
    await rig.clock.advance(10_000)
    expect(rig.typesOf(`payment-${id}`).filter((type) => type === 'PaymentSucceeded')).toHaveLength(1)
  })

  it('asks again on a repeat, because the process may have died between storing and asking', async () => {
    rig = openInbox()
    const id = await rig.attempt()
    await deliver(rig.inbox, bodyFor(id))
    await rig.clock.advance(10_000)
    const asked = rig.askedAtMs.length
    const restarted = rig.openInstance()
    expect((await deliver(restarted.inbox, bodyFor(id))).verdict).toBe('repeated')
    await rig.clock.advance(1_000)
    expect(rig.askedAtMs).toHaveLength(asked + 1)
    expect(rig.typesOf(`notification-${id}`)).toHaveLength(1)
  })

  it('has the process ask about what was stored before a kill, with no repeat at all', async () => {
    rig = openInbox()
    const id = await rig.attempt()
    await deliver(rig.inbox, bodyFor(id))
    await rig.clock.advance(10_000)
    const asked = rig.askedAtMs.length
    await rig.startConfirmation()
    await rig.clock.advance(5_000)
    expect(rig.askedAtMs.length).toBeGreaterThan(asked)
  })
})

describe('failure mode 12: the log is slow or away', () => {
  it('says so within 750 ms where an append takes 3 s, and stores the repeats once', async () => {
    rig = openInbox()
    const id = await rig.attempt()
    rig.setDelay(3_000)
    expect(await answerTo(deliver(rig.inbox, bodyFor(id)))).toEqual({ said: 'unavailable', afterMs: 750 })
    expect(await answerTo(deliver(rig.inbox, bodyFor(id)))).toEqual({ said: 'unavailable', afterMs: 750 })
    expect(rig.typesOf(`notification-${id}`)).toEqual([])
    rig.setDelay(0)
    await rig.clock.advance(20_000)
    expect((await answerTo(deliver(rig.inbox, bodyFor(id))))?.said).toBe('repeated')
    expect(rig.typesOf(`notification-${id}`)).toHaveLength(1)
    await rig.clock.advance(1_000)
    expect(rig.askedAtMs.length).toBeGreaterThan(0)
  })

  it('answers at once where the log is away: nothing is stored, nobody is asked, and the repeat is', async () => {
    rig = openInbox()
    const id = await rig.attempt()
    rig.log.setAway(true)
    expect((await answerTo(deliver(rig.inbox, bodyFor(id))))?.said).toBe('unavailable')
    await rig.clock.advance(5_000)
    expect(rig.askedAtMs).toEqual([])
    rig.log.setAway(false)
    expect(rig.typesOf(`notification-${id}`)).toEqual([])
    expect((await answerTo(deliver(rig.inbox, bodyFor(id))))?.said).toBe('stored')
  })

  it('lets 256 wait and turns the next away at once, until those are through', async () => {
    rig = openInbox()
    const id = await rig.attempt()
    rig.setDelay(3_000)
    const waiting = Array.from({ length: 256 }, (_, nth) =>
      deliver(rig.inbox, bodyFor(id, { order_id: String(nth) }), { trusted: true }).then(
        () => 'stored',
        () => 'unavailable',
      ),
    )
    const before = rig.clock.nowMs()
    await expect(deliver(rig.inbox, bodyFor(id))).rejects.toBeInstanceOf(EventStoreUnavailable)
    expect(rig.clock.nowMs()).toBe(before)
    rig.setDelay(0)
    for (let ms = 0; ms < 5_000; ms += 100) await rig.clock.advance(100)
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['unavailable']))
    expect((await answerTo(deliver(rig.inbox, bodyFor(id))))?.said).toBe('stored')
  })

  it.each([
    ['A', 2_000, 3, 100],
    ['B', 1_500, 10, 500],
    ['C', 1_500, 0, 0],
  ])(
    'answers every try of profile %s before the provider hangs up',
    async (profile, patienceMs, retries, pauseMs) => {
      rig = openInbox()
      const id = await rig.attempt()
      rig.setDelay(3_000)
      const answers: (string | undefined)[] = []
      for (let attempt = 0; attempt <= retries && answers.at(-1) !== 'repeated'; attempt += 1) {
        const answer = await answerTo(deliver(rig.inbox, bodyFor(id)))
        expect(answer?.afterMs).toBeLessThan(patienceMs)
        answers.push(answer?.said)
        rig.setDelay(0)
        await rig.clock.advance(pauseMs)
      }
      await rig.clock.advance(10_000)
      expect(rig.typesOf(`notification-${id}`)).toHaveLength(1)
      if (profile === 'B') expect(answers.at(-1)).toBe('repeated')
    },
  )
})

describe('failure mode 20: the merchant is shared with another system', () => {
  it('keeps ten foreign deliveries for each of ours in the ring, and asks about ours alone', async () => {
    rig = openInbox()
    const id = await rig.attempt()
    const verdicts: string[] = []
    for (let nth = 0; nth < 110; nth += 1)
      verdicts.push(
        (
          await deliver(
            rig.inbox,
            nth % 11 === 5 ? bodyFor(id, { order_id: String(nth) }) : bodyFor(`other-shop_${nth}_a1`),
          )
        ).verdict,
      )
    expect(verdicts.filter((verdict) => verdict === 'unknown-payment')).toHaveLength(100)
    expect(verdicts.filter((verdict) => verdict === 'stored')).toHaveLength(10)
    const streams = new Set(rig.log.events.map(({ stream }) => stream))
    expect(streams).toEqual(new Set([`payment-${id}`, `notification-${id}`, UNKNOWN_NOTIFICATIONS_STREAM]))
    await rig.clock.advance(500)
    expect(rig.askedAtMs).toHaveLength(1)
  })

  it('turns strangers away once 64 of theirs wait for the ring, and goes on taking what is ours', async () => {
    rig = openInbox()
    const id = await rig.attempt()
    await deliver(rig.inbox, bodyFor(id))
    rig.setDelay(50)
    const strangers = Array.from({ length: 200 }, (_, nth) =>
      deliver(rig.inbox, bodyFor(`other-shop_${nth}_a1`)).then(
        ({ verdict }) => verdict,
        () => 'unavailable',
      ),
    )
    const ours = await answerTo(deliver(rig.inbox, bodyFor(id, { order_id: 'second' })))
    expect(ours).toEqual({ said: 'stored', afterMs: 50 })
    await rig.clock.advance(10_000)
    const answers = await Promise.all(strangers)
    expect(rig.typesOf(UNKNOWN_NOTIFICATIONS_STREAM)).toHaveLength(64)
    expect(answers.filter((answer) => answer === 'unavailable').length).toBeGreaterThanOrEqual(200 - 64)
  })

  it('does not take an attempt for foreign because a delivery about it came too early', async () => {
    rig = openInbox()
    const early = bodyFor('kessai_0199aaaa000070008000000000000015_a1')
    expect((await deliver(rig.inbox, early)).verdict).toBe('unknown-payment')
    await rig.attempt(15)
    expect((await deliver(rig.inbox, early)).verdict).toBe('stored')
    await rig.clock.advance(500)
    expect(rig.askedAtMs).toHaveLength(1)
  })
})
