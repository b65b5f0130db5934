/**
 * A mail that is ready to go. What is in it is personal: it is neither logged nor kept unsealed. The same mail again has
 * the same `mailId`, by which a receiver can drop the repeat.
 */
export interface Mail {
  /** A UUID. */
  readonly mailId: string
  readonly customerId: string
  /** The key that the address was sealed with. Where another one would be used now, the customer was forgotten meanwhile. */
  readonly keyId: string
  /** One address. */
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** BCP 47. */
  readonly language: string
}

export type Delivery =
  | { readonly kind: 'sent' }
  /** Definite: this mail will never be taken. `code` is the server's number, never its text, which may hold the address. */
  | { readonly kind: 'refused'; readonly code: string }
  /** The customer's key is no longer the one the mail was made under. */
  | { readonly kind: 'forgotten' }

/** Where mails go. */
export interface Mailer {
  /**
   * Hands a mail over. Repeatable: a mailbox keeps it once, and receivers of e-mail can tell a repeat by its Message-ID.
   * @throws MailUnavailable when it was not taken, or nobody knows: try the same mail again later.
   */
  readonly send: (mail: Mail) => Promise<Delivery>
  readonly close: () => Promise<void>
}

/** Not taken now, or not known to be taken. The message names no person. */
export class MailUnavailable extends Error {
  override readonly name = 'MailUnavailable'
}

/** What a mailbox shows of a mail in a list. */
export interface KeptMail {
  readonly mailId: string
  readonly keptAtMs: number
  readonly to: string
  readonly subject: string
  readonly language: string
}

/** The mails that would have been sent, for whoever they were meant for. */
export interface Mailbox extends Mailer {
  /** Newest first, `limit` at most; what was sealed for somebody who is forgotten is not among them. */
  readonly list: (customerId: string, limit: number) => Promise<readonly KeptMail[]>
  /** Undefined when this customer has no such mail, or nobody can read it any more. */
  readonly get: (
    customerId: string,
    mailId: string,
  ) => Promise<(KeptMail & Pick<Mail, 'text' | 'html'>) | undefined>
}
