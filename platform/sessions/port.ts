/** One signed-in browser. `key` is a hash of the cookie's value, so that whoever reads the store cannot sign in. */
export interface SessionRecord {
  /** Whose session it is, for signing out everywhere. */
  readonly subject: string
  /** JSON text; the store does not look inside. */
  readonly body: string
  /** Epoch milliseconds; from then on the session does not exist. */
  readonly expiresAtMs: number
}

/** More signed-in browsers than this are no person's; it bounds what one account can make a store keep. */
export const MOST_OF_ONE = 20

/** Where sessions live. Losing them signs people out and costs nothing else. */
export interface SessionStore {
  readonly get: (key: string) => Promise<SessionRecord | undefined>
  /**
   * Replaces what was there. Of one subject {@link MOST_OF_ONE} live at most: of the others, those that end soonest make
   * room.
   */
  readonly set: (key: string, record: SessionRecord) => Promise<void>
  /** Repeatable. */
  readonly destroy: (key: string) => Promise<void>
  /** Whether any session of the subject lives. */
  readonly isSignedIn: (subject: string) => Promise<boolean>
  /** Ends every session of a subject; answers how many there were. */
  readonly destroyAllOf: (subject: string) => Promise<number>
  readonly close: () => Promise<void>
}

/** The store did not answer: who is signed in is not known right now. */
export class SessionsUnavailable extends Error {
  override readonly name = 'SessionsUnavailable'
}
