import type { DeedEvent } from './events.ts'

/** Puts on record what staff are about to do; each deed has a stream of its own, so the same one again is unchanged. */
export interface BeginDeed extends Readonly<DeedEvent['data']> {
  readonly type: 'BeginDeed'
}
