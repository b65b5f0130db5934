import type { Aggregate } from '../decider.ts'
import { stockCodec } from './codec.ts'
import type { StockCommand, StockRefusal } from './commands.ts'
import { stockDecider, type StockState } from './decider.ts'
import type { StockEvent } from './events.ts'

/** Streams `stock-…`. */
export const stock: Aggregate<StockState, StockCommand, StockEvent, StockRefusal> = {
  category: 'stock',
  decider: stockDecider,
  codec: stockCodec,
}
