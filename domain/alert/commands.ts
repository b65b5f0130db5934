import type { z } from 'zod'
import type { AlertRaised, Resolution } from './events.ts'

/** The same alert again is unchanged, whatever became of it meanwhile: raised is raised once. */
export interface RaiseAlert extends Readonly<z.infer<typeof AlertRaised>> {
  readonly type: 'RaiseAlert'
}

/** Somebody has seen it. Again, also by somebody else, is unchanged: the first one counts. */
export interface AcknowledgeAlert {
  readonly type: 'AcknowledgeAlert'
  /** The staff member's id. */
  readonly by: string
  readonly atMs: number
}

/** Gives it to somebody; to the same person again is unchanged. Says nothing about whether anybody has seen it. */
export interface AssignAlert {
  readonly type: 'AssignAlert'
  readonly assignee: string
  readonly by: string
  readonly atMs: number
}

/** The same note id with the same text is unchanged, whoever sends it. A resolved alert may still be noted on. */
export interface NoteAlert {
  readonly type: 'NoteAlert'
  /** Made by the client, or derived from its request key. */
  readonly noteId: string
  /** 1 to `MAX_NOTE_LENGTH` characters besides surrounding space, without personal data: it stays in the log. */
  readonly text: string
  readonly by: string
  readonly atMs: number
}

/** Ends it, from any state; a second time, whoever sends it, is unchanged, unless a note of it would be lost. */
export interface ResolveAlert {
  readonly type: 'ResolveAlert'
  readonly resolution: Resolution
  readonly atMs: number
}

export type AlertCommand = RaiseAlert | AcknowledgeAlert | AssignAlert | NoteAlert | ResolveAlert

/**
 * Why an alert command is refused, in order of precedence.
 * - `unknown-alert`: nothing was ever raised under this id.
 * - `alert-already-resolved`: it is over, so nobody can take it up or end it with a note any more.
 * - `note-differs`: the note id was used before with another text.
 * - `note-out-of-range`: the note is empty or longer than `MAX_NOTE_LENGTH`.
 * - `too-many-notes`: the alert has `MAX_NOTES` already.
 */
export type AlertRefusal =
  'unknown-alert' | 'alert-already-resolved' | 'note-differs' | 'note-out-of-range' | 'too-many-notes'

/** Bounds the state of an alert. */
export const MAX_NOTES = 100
