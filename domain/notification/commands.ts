/** Stores what somebody posted to the webhook address. The same body again is unchanged while it is remembered. */
export interface RecordNotification {
  readonly type: 'RecordNotification'
  readonly rawBody: string
  /** SHA-256 of the raw bytes, lower-case hex. */
  readonly bodyHash: string
  readonly claim: { readonly merchantPaymentId?: string; readonly status?: string }
  readonly sourceAddress: string
  readonly trusted: boolean
  readonly receivedAtMs: number
}

export type NotificationCommand = RecordNotification

/** A notification is never refused: what it is worth is judged by asking the provider, not here. */
export type NotificationRefusal = never
