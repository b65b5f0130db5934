import type { Aggregate } from '../decider.ts'
import { deedCodec } from './codec.ts'
import type { BeginDeed } from './commands.ts'
import { deedDecider, type DeedState } from './decider.ts'
import type { DeedEvent } from './events.ts'

/** Streams `deed-{deedId}`. */
export const deed: Aggregate<DeedState, BeginDeed, DeedEvent, never> = {
  category: 'deed',
  decider: deedDecider,
  codec: deedCodec,
}
