/**
 * Personal data as it may stand in an event. The shape is that of the domain's `EncryptedEnvelope`; this room does not
 * know the business it is used for.
 */
export interface SealedEnvelope {
  readonly keyId: string
  readonly algorithm: 'A256GCM'
  /** Base64url, as are the others. */
  readonly iv: string
  readonly ciphertext: string
  readonly tag: string
}

/**
 * One random 256-bit key per customer, kept outside the event store and wrapped by the master key. Events cannot be
 * changed, so a person is forgotten by destroying the key: every envelope sealed with it, in every event, backup and
 * copy, is then noise for good.
 *
 * Losing the master key forgets everybody at once, and nothing brings them back: keep a copy of it apart from the
 * backups of the keyring, and never one beside the other. Rotating it (`rotateMasterKey`) wraps the customers' keys
 * anew; the envelopes stay as they are.
 */
export interface Keyring {
  /**
   * Encrypts under the customer's key, which is made when there is none (also after the customer was forgotten: the
   * earlier envelopes stay closed). `purpose` (`contact`, `delivery` …) must be given again to open it, so that one
   * envelope cannot be passed off as another.
   */
  readonly seal: (customerId: string, purpose: string, content: object) => Promise<SealedEnvelope>
  /**
   * What was sealed, or `forgotten` when its key has been destroyed.
   * @throws KeyringRefused when the envelope was altered, belongs to another purpose, or was sealed under a key that
   * this keyring never had.
   */
  readonly open: (envelope: SealedEnvelope, purpose: string) => Promise<object | 'forgotten'>
  /**
   * A fingerprint that only the customer's key can make: the same content has the same one, and once the key is
   * destroyed nobody can try out what it was made of. Base64url, 256 bits.
   */
  readonly digest: (customerId: string, purpose: string, content: string) => Promise<string>
  /**
   * Destroys the customer's keys. Repeatable: with a `forgettingId`, a repeat of the same request leaves the key of
   * whoever came back since alone. Copies of the key file made before still hold the keys wrapped, and know nothing of
   * the request: `forgottenUpTo` says what such a copy has missed.
   * @throws when the keys are destroyed and still stand somewhere in the file, as while it is being copied: ask again.
   */
  readonly forget: (customerId: string, forgettingId?: string) => Promise<void>
  /**
   * The id of the key that sealing would use now, whether it was made yet or not. It is another one after each request to
   * forget, so that what is remembered with it can be told from what came after.
   */
  readonly keyIdOf: (customerId: string) => Promise<string>
  /** Up to which position of the log all requests to forget were carried out here, as `noteForgottenUpTo` was told. */
  readonly forgottenUpTo: () => Promise<number | undefined>
  readonly noteForgottenUpTo: (position: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** The keyring cannot do this honestly: a wrong master key, or an envelope that is not what it claims to be. */
export class KeyringRefused extends Error {
  override readonly name = 'KeyringRefused'
}
