import { z } from 'zod'
import { defineCodec } from '#domain/codec.ts'
import { accepted, impossible, unchanged, type Aggregate } from '#domain/decider.ts'
import type { Event } from '#domain/event.ts'
import type { CommandRunner } from '#platform/commands/runner.ts'
import type { Clock } from '#platform/clock/clock.ts'

/** The provider refuses our key, clock or merchant id. Written by whoever called it, once until it accepts them again. */
const ProviderCredentialsRefused = z.object({ atMs: z.int() })

/** The provider answered a call after it had refused us. Written by whoever called it. Does not mean that it works well. */
const ProviderCredentialsAccepted = z.object({ atMs: z.int() })

export type StandingEvent =
  | Event<'ProviderCredentialsRefused', typeof ProviderCredentialsRefused>
  | Event<'ProviderCredentialsAccepted', typeof ProviderCredentialsAccepted>

export type StandingCommand = {
  readonly type: 'NoteRefusal' | 'NoteAcceptance'
  readonly atMs: number
}

export type StandingState = { readonly isRefused: boolean; readonly lastRefusedAtMs?: number }

/** A provider that refuses and accepts by turns is put on record once in so long. */
export const REFUSALS_APART_MS = 5 * 60_000

/** Streams `provider-{provider}`: since when a provider refuses who we say we are. */
export const providerStanding: Aggregate<StandingState, StandingCommand, StandingEvent, never> = {
  category: 'provider',
  codec: defineCodec<StandingEvent>({
    ProviderCredentialsRefused: { version: 1, data: ProviderCredentialsRefused },
    ProviderCredentialsAccepted: { version: 1, data: ProviderCredentialsAccepted },
  }),
  decider: {
    initial: { isRefused: false },
    evolve: (state, event) => {
      switch (event.type) {
        case 'ProviderCredentialsRefused':
          return { isRefused: true, lastRefusedAtMs: event.data.atMs }
        case 'ProviderCredentialsAccepted':
          return { ...state, isRefused: false }
        default:
          return impossible(event)
      }
    },
    decide: (state, { type, atMs }) => {
      if (type === 'NoteAcceptance')
        return state.isRefused ? accepted({ type: 'ProviderCredentialsAccepted', data: { atMs } }) : unchanged
      const isSoon =
        state.lastRefusedAtMs !== undefined && Math.abs(atMs - state.lastRefusedAtMs) < REFUSALS_APART_MS
      return state.isRefused || isSoon
        ? unchanged
        : accepted({ type: 'ProviderCredentialsRefused', data: { atMs } })
    },
  },
}

export const PAYPAY = 'paypay'

/** How a call of the provider ended, as far as it says something of our credentials. */
interface Call {
  readonly outcome: string
  readonly reason?: string
}

export interface CredentialsWitness {
  /** Told of every finished call; puts a change on record in its own time, and never rejects. */
  readonly note: (call: Call) => void
}

export interface CredentialsWitnessOptions {
  readonly commands: Pick<CommandRunner, 'run'>
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>
  readonly newId: () => string
  readonly log: (message: string, detail: object) => void
}

/** While the log cannot be written, or does not take a refusal for news, the same is offered again after this long. */
const AGAIN_MS = 30_000

/** Makes a change of our standing with the provider a fact of the log. A shop that was never refused writes nothing. */
export const credentialsWitness = ({
  commands,
  clock,
  newId,
  log,
}: CredentialsWitnessOptions): CredentialsWitness => {
  let onRecord: StandingCommand['type'] = 'NoteAcceptance'
  let isWriting = false
  let againAtMs = -Infinity
  let isFirst = true

  const write = async (type: StandingCommand['type']): Promise<void> => {
    try {
      const commandId = newId()
      const { state } = await commands.run(
        providerStanding,
        PAYPAY,
        { type, atMs: clock.nowMs() },
        { commandId, correlationId: `provider/${PAYPAY}`, causationId: commandId, actor: 'provider:paypay' },
      )
      onRecord = state.isRefused ? 'NoteRefusal' : 'NoteAcceptance'
      isFirst = false
    } catch (error) {
      log('The standing with the provider could not be recorded', { error: String(error) })
    } finally {
      isWriting = false
      againAtMs = clock.monotonicMs() + AGAIN_MS
    }
  }

  return {
    note: ({ outcome, reason }) => {
      const isRefusal = reason === 'unauthorized'
      // Silence, an error of the server or a full queue says nothing of our credentials.
      if (!isRefusal && outcome === 'unknown') return
      const type = isRefusal ? 'NoteRefusal' : 'NoteAcceptance'
      if (isWriting || (type === onRecord && !isFirst)) return
      // The first acceptance of a life is offered too: an earlier life may have left a refusal behind.
      if (type === 'NoteRefusal' && clock.monotonicMs() < againAtMs) return
      isWriting = true
      void write(type)
    },
  }
}
