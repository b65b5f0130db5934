import { z } from 'zod'

export const StockLevelsView = z.object({
  /** All that ever came in, after corrections: available + reserved + sold. */
  total: z.int(),
  available: z.int(),
  /** Held for orders that are not decided yet. */
  reserved: z.int(),
  sold: z.int(),
  received: z.int(),
  /** The sum of all corrections; may be negative. */
  adjusted: z.int(),
})
export type StockLevelsView = z.infer<typeof StockLevelsView>

export const stockView = ({
  received,
  adjusted,
  available,
  reserved,
  sold,
}: Omit<StockLevelsView, 'total'>): StockLevelsView => ({
  total: received + adjusted,
  available,
  reserved,
  sold,
  received,
  adjusted,
})
