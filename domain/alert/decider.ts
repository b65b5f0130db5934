import { Map } from 'immutable'
import { accepted, impossible, refused, unchanged, type Decider, type Decision } from '../decider.ts'
import {
  MAX_NOTES,
  type AcknowledgeAlert,
  type AlertCommand,
  type AlertRefusal,
  type AssignAlert,
  type NoteAlert,
  type ResolveAlert,
} from './commands.ts'
import { MAX_NOTE_LENGTH, type AlertEvent, type Resolution } from './events.ts'
import type { AlertSeverity } from './rules.ts'

interface Known {
  readonly rule: string
  readonly severity: AlertSeverity
  readonly assignee?: string
  /** Texts by note id. */
  readonly notes: Map<string, string>
}

export type AlertState =
  | { readonly status: 'none' }
  | (Known & { readonly status: 'NEW' })
  | (Known & { readonly status: 'ACKNOWLEDGED'; readonly acknowledgedBy: string })
  | (Known & { readonly status: 'RESOLVED'; readonly resolution: Resolution })

type KnownAlert = Exclude<AlertState, { readonly status: 'none' }>
type AlertDecision = Decision<AlertEvent, AlertRefusal>

/** Only assigns. Nothing can be known of an alert before it is raised, so earlier events leave `none` as it is. */
const evolve = (state: AlertState, event: AlertEvent): AlertState => {
  if (event.type === 'AlertRaised') {
    const { rule, severity } = event.data
    return { status: 'NEW', rule, severity, notes: Map() }
  }
  if (state.status === 'none') return state
  switch (event.type) {
    case 'AlertAcknowledged':
      return state.status === 'RESOLVED'
        ? state
        : { ...common(state), status: 'ACKNOWLEDGED', acknowledgedBy: event.data.by }
    case 'AlertAssigned':
      return { ...state, assignee: event.data.assignee }
    case 'AlertNoted':
      return { ...state, notes: state.notes.set(event.data.noteId, event.data.text) }
    case 'AlertResolved':
      return { ...common(state), status: 'RESOLVED', resolution: event.data.resolution }
    default:
      return impossible(event)
  }
}

const common = ({ rule, severity, assignee, notes }: Known): Known => ({
  rule,
  severity,
  ...(assignee === undefined ? {} : { assignee }),
  notes,
})

/** One alert, stream `alert-{alertId}`: NEW → ACKNOWLEDGED → RESOLVED, or resolved at once; RESOLVED absorbs all but notes. */
export const alertDecider: Decider<AlertState, AlertCommand, AlertEvent, AlertRefusal> = {
  initial: { status: 'none' },
  evolve,
  decide: (state, command) => {
    if (command.type === 'RaiseAlert') {
      const { type: _type, ...data } = command
      return state.status === 'none' ? accepted({ type: 'AlertRaised', data }) : unchanged
    }
    if (state.status === 'none') return refused('unknown-alert')
    switch (command.type) {
      case 'AcknowledgeAlert':
        return decideAcknowledgement(state, command)
      case 'AssignAlert':
        return decideAssignment(state, command)
      case 'NoteAlert':
        return decideNote(state, command)
      case 'ResolveAlert':
        return decideResolution(state, command)
      default:
        return impossible(command)
    }
  },
}

const decideAcknowledgement = (state: KnownAlert, { by, atMs }: AcknowledgeAlert): AlertDecision => {
  switch (state.status) {
    case 'NEW':
      return accepted({ type: 'AlertAcknowledged', data: { by, atMs } })
    case 'ACKNOWLEDGED':
      return unchanged
    case 'RESOLVED':
      return refused('alert-already-resolved')
    default:
      return impossible(state)
  }
}

const decideAssignment = (state: KnownAlert, { assignee, by, atMs }: AssignAlert): AlertDecision => {
  if (state.status === 'RESOLVED') return refused('alert-already-resolved')
  return state.assignee === assignee
    ? unchanged
    : accepted({ type: 'AlertAssigned', data: { assignee, by, atMs } })
}

const isNote = (text: string): boolean => text !== '' && text.length <= MAX_NOTE_LENGTH

const decideNote = (state: KnownAlert, { noteId, text, by, atMs }: NoteAlert): AlertDecision => {
  const trimmed = text.trim()
  const before = state.notes.get(noteId)
  if (before !== undefined) return before === trimmed ? unchanged : refused('note-differs')
  if (!isNote(trimmed)) return refused('note-out-of-range')
  if (state.notes.size >= MAX_NOTES) return refused('too-many-notes')
  return accepted({ type: 'AlertNoted', data: { noteId, text: trimmed, by, atMs } })
}

const decideResolution = (state: KnownAlert, { resolution, atMs }: ResolveAlert): AlertDecision => {
  if (state.status === 'RESOLVED')
    return isWritten(resolution, state.resolution) ? unchanged : refused('alert-already-resolved')
  if (resolution.by === 'healed' || resolution.note === undefined)
    return accepted({ type: 'AlertResolved', data: { resolution, atMs } })
  const note = resolution.note.trim()
  return isNote(note)
    ? accepted({ type: 'AlertResolved', data: { resolution: { ...resolution, note }, atMs } })
    : refused('note-out-of-range')
}

/** Whether nothing that somebody wrote would be lost: it came without a note, or with the one that is there. */
const isWritten = (said: Resolution, before: Resolution): boolean =>
  said.by === 'healed' ||
  said.note === undefined ||
  (before.by === 'staff' && before.note === said.note.trim())
