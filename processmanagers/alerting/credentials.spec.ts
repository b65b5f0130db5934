import { describe, expect, it } from 'vitest'
import { given } from '#domain/given.ts'
import { manualClock } from '#platform/clock/manual-clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { memoryLog } from '#platform/eventstore/memory-log.ts'
import { credentialsWitness, providerStanding, REFUSALS_APART_MS, type StandingEvent } from './credentials.ts'

const refused = (atMs: number): StandingEvent => ({ type: 'ProviderCredentialsRefused', data: { atMs } })
const accepted = (atMs: number): StandingEvent => ({ type: 'ProviderCredentialsAccepted', data: { atMs } })

describe('the standing with a provider', () => {
  it('is on record when it changes, and no refusal comes soon after another', () => {
    const { decider } = providerStanding
    given(decider).when({ type: 'NoteAcceptance', atMs: 1 }).thenUnchanged()
    given(decider).when({ type: 'NoteRefusal', atMs: 1 }).then(refused(1))
    given(decider, refused(1)).when({ type: 'NoteRefusal', atMs: 9e9 }).thenUnchanged()
    given(decider, refused(1)).when({ type: 'NoteAcceptance', atMs: 2 }).then(accepted(2))
    const flapping = given(decider, refused(1), accepted(2))
    flapping.when({ type: 'NoteRefusal', atMs: REFUSALS_APART_MS }).thenUnchanged()
    flapping.when({ type: 'NoteRefusal', atMs: REFUSALS_APART_MS + 1 }).then(refused(REFUSALS_APART_MS + 1))
  })
})

const watched = () => {
  const clock = manualClock(1_800_000_000_000)
  const log = memoryLog(clock)
  let ids = 0
  const witness = credentialsWitness({
    commands: commandRunner({ store: log, clock, random: () => 0 }),
    clock,
    newId: () => `call-${(ids += 1)}`,
    log: () => {},
  })
  const note = async (outcome: string, reason?: string): Promise<void> => {
    witness.note({ outcome, ...(reason === undefined ? {} : { reason }) })
    await clock.advance(0)
  }
  return { clock, log, note, types: () => log.events.map(({ type }) => type) }
}

describe('the witness of the standing', () => {
  it('writes nothing in a shop that is never refused, whatever else fails', async () => {
    const { note, types } = watched()
    for (const reason of ['timeout', 'held-back', undefined]) await note('unknown', reason)
    await note('ok')
    await note('refused', 'SOMETHING')
    expect(types()).toStrictEqual([])
  })

  it('writes a refusal once, and once that it is over, also over a restart', async () => {
    const { clock, note, types } = watched()
    await note('unknown', 'unauthorized')
    await note('unknown', 'unauthorized')
    await note('unknown', 'timeout')
    expect(types()).toStrictEqual(['ProviderCredentialsRefused'])
    await note('ok')
    await note('ok')
    expect(types()).toStrictEqual(['ProviderCredentialsRefused', 'ProviderCredentialsAccepted'])
    await clock.advance(REFUSALS_APART_MS)
    await note('unknown', 'unauthorized')
    expect(types()).toHaveLength(3)
  })

  it('takes up a refusal that an earlier life left behind', async () => {
    const { log, clock, note, types } = watched()
    await note('unknown', 'unauthorized')
    const next = credentialsWitness({
      commands: commandRunner({ store: log, clock, random: () => 0 }),
      clock,
      newId: () => 'another',
      log: () => {},
    })
    next.note({ outcome: 'ok' })
    await clock.advance(0)
    expect(types()).toStrictEqual(['ProviderCredentialsRefused', 'ProviderCredentialsAccepted'])
  })

  it('offers the same again when the log was away', async () => {
    const { log, clock, note, types } = watched()
    log.setAway(true)
    await note('unknown', 'unauthorized')
    log.setAway(false)
    await note('unknown', 'unauthorized')
    expect(types()).toStrictEqual([])
    await clock.advance(60_000)
    await note('unknown', 'unauthorized')
    expect(types()).toStrictEqual(['ProviderCredentialsRefused'])
  })
})
