/** Some messages for a reader, and whether the cursor may have more. */
export type Batch = { readonly frames: readonly Buffer[]; readonly isLast: boolean }

/** A reader's place in one stream or in `$all`. Every call goes on where the last one ended. */
export type Cursor = { readonly next: (limit: number) => Batch }

/** Why a stream cannot be read at all. */
export type Unreadable = { readonly kind: 'stream-deleted' } | { readonly kind: 'stream-not-found' }
