/** How much is done for each figure. The full scale takes about five minutes; the quick one only shows that all works. */
export interface Scale {
  /** Rounds that count; one more comes before them to warm up. */
  readonly rounds: number
  readonly appends: readonly { readonly writers: number; readonly appendsEach: number }[]
  readonly bulk: { readonly writers: number; readonly appendsEach: number }
  /** Events of the stream that is read, and as many of others among which a filter has to find them. */
  readonly storedEvents: number
  readonly latency: { readonly atRest: number; readonly ratePerSecond: number; readonly seconds: number }
  readonly growth: { readonly small: number; readonly large: number; readonly appendsEach: number }
  /** Numbers of events after which the node's memory is noted; growth in between is from the second on. */
  readonly memoryMarks: readonly number[]
  readonly commitBursts: number
}

export const FULL: Scale = {
  rounds: 5,
  appends: [
    { writers: 1, appendsEach: 500 },
    { writers: 16, appendsEach: 100 },
    { writers: 64, appendsEach: 48 },
    { writers: 128, appendsEach: 32 },
  ],
  bulk: { writers: 8, appendsEach: 25 },
  storedEvents: 50_000,
  latency: { atRest: 200, ratePerSecond: 200, seconds: 2 },
  growth: { small: 1_000, large: 100_000, appendsEach: 48 },
  memoryMarks: [10_000, 100_000, 300_000, 1_000_000],
  commitBursts: 9,
}

export const QUICK: Scale = {
  rounds: 2,
  appends: [
    { writers: 1, appendsEach: 40 },
    { writers: 16, appendsEach: 10 },
    { writers: 64, appendsEach: 8 },
    { writers: 128, appendsEach: 5 },
  ],
  bulk: { writers: 8, appendsEach: 3 },
  storedEvents: 3_000,
  latency: { atRest: 25, ratePerSecond: 200, seconds: 0.4 },
  growth: { small: 200, large: 3_000, appendsEach: 8 },
  memoryMarks: [1_000, 5_000, 10_000, 20_000],
  commitBursts: 3,
}

/** Events of one append wherever many are appended at once. */
export const BULK_EVENTS = 100
/** The most events a page of a stream holds where it is read page by page. */
export const PAGE_EVENTS = 4_096
