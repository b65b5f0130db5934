import type { ProposedEvent } from '../store/facts.ts'
import type { Refusal } from '../wire/refusals.ts'
import { MAX_APPEND_BYTES } from '../wire/refusals.ts'
import type { Proposal } from '../wire/requests.ts'
import { appendBytesOf, proposedEventOf } from '../wire/requests.ts'

/** An append in the making: its events as they arrive, or the first reason why it cannot be written. */
export type Draft = {
  readonly add: (proposal: Proposal) => void
  readonly refusal: () => Refusal | undefined
  readonly events: () => readonly ProposedEvent[]
}

/** Keeps no more than the append limit in memory: once refused, later events are only read past. */
export const createDraft = (): Draft => {
  let events: ProposedEvent[] = []
  let bytes = 0
  let refusal: Refusal | undefined

  const refuse = (reason: Refusal): void => {
    refusal = reason
    events = []
  }

  return {
    add: (proposal) => {
      if (refusal !== undefined) return
      const event = proposedEventOf(proposal)
      if ('kind' in event) {
        refuse(event)
        return
      }
      events.push(event)
      bytes += appendBytesOf(event)
      if (bytes > MAX_APPEND_BYTES) refuse({ kind: 'append-too-large' })
    },
    refusal: () => refusal,
    events: () => events,
  }
}
