import { Map } from 'immutable'
import { z } from 'zod'
import { defineCodec } from '#domain/codec.ts'
import { accepted, impossible, unchanged, type Aggregate } from '#domain/decider.ts'
import type { Event } from '#domain/event.ts'

/** What a mail tells. */
export const MailKind = z.enum([
  'received',
  'paid',
  'failed',
  'cancelled',
  'partly-refunded',
  'refunded',
  'surplus-refunded',
])
export type MailKind = z.infer<typeof MailKind>

/** The mail server took this mail, or the mailbox keeps it. Written by mailing, once per mail. Does not mean that anybody read it. */
const MailSent = z.object({
  /** Follows from the order, the kind and what it is about; part of the e-mail's Message-ID. */
  mailId: z.uuid(),
  /** What the mail tells the buyer. */
  kind: MailKind,
  atMs: z.int(),
})

/** The mail server refused this mail definitely; it is not tried again. Written by mailing, once per mail. */
const MailRefused = z.object({
  /** Follows from the order, the kind and what it is about; part of the e-mail's Message-ID. */
  mailId: z.uuid(),
  /** What the mail tells the buyer. */
  kind: MailKind,
  /** The server's reply code, never its text; `address` when the address is none. */
  code: z.string().min(1),
  atMs: z.int(),
})

/**
 * Nobody could be written to. Written by mailing, once per mail: the order carries no e-mail address (`no-address`), its
 * key was destroyed (`forgotten`), or what was sealed is not what it should be (`unreadable`).
 */
const MailUndeliverable = z.object({
  /** Follows from the order, the kind and what it is about; part of the e-mail's Message-ID. */
  mailId: z.uuid(),
  /** What the mail tells the buyer. */
  kind: MailKind,
  reason: z.enum(['no-address', 'forgotten', 'unreadable']),
  atMs: z.int(),
})

type MailEvent =
  | Event<'MailSent', typeof MailSent>
  | Event<'MailRefused', typeof MailRefused>
  | Event<'MailUndeliverable', typeof MailUndeliverable>

/** How a mail ended. */
export type MailEnd =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused'; readonly code: string }
  | {
      readonly kind: 'undeliverable'
      readonly reason: z.infer<typeof MailUndeliverable>['reason']
    }

/** Records how a mail ended. The same mail again is unchanged, however it ends then. */
interface RecordMail {
  readonly type: 'RecordMail'
  readonly mailId: string
  readonly kind: MailKind
  readonly end: MailEnd
  readonly atMs: number
}

export interface CorrespondenceState {
  readonly status: 'writing'
  /** How each mail ended. */
  readonly ends: Map<string, MailEnd['kind']>
}

/** Streams `mail-{orderId}`: how each mail about an order ended. What is not in it is still owed. */
export const correspondence: Aggregate<CorrespondenceState, RecordMail, MailEvent, never> = {
  category: 'mail',
  codec: defineCodec<MailEvent>({
    MailSent: { version: 1, data: MailSent },
    MailRefused: { version: 1, data: MailRefused },
    MailUndeliverable: { version: 1, data: MailUndeliverable },
  }),
  decider: {
    initial: { status: 'writing', ends: Map() },
    evolve: (state, event) => {
      const { mailId } = event.data
      switch (event.type) {
        case 'MailSent':
          return { ...state, ends: state.ends.set(mailId, 'sent') }
        case 'MailRefused':
          return { ...state, ends: state.ends.set(mailId, 'refused') }
        case 'MailUndeliverable':
          return { ...state, ends: state.ends.set(mailId, 'undeliverable') }
        default:
          return impossible(event)
      }
    },
    decide: (state, { mailId, kind, end, atMs }) => {
      if (state.ends.has(mailId)) return unchanged
      const about = { mailId, kind, atMs }
      switch (end.kind) {
        case 'sent':
          return accepted({ type: 'MailSent', data: about })
        case 'refused':
          return accepted({ type: 'MailRefused', data: { ...about, code: end.code } })
        case 'undeliverable':
          return accepted({ type: 'MailUndeliverable', data: { ...about, reason: end.reason } })
        default:
          return impossible(end)
      }
    },
  },
}
