import { assert, summary, type Summary } from '../measure.ts'
import type { LiveShop } from './live-shop.ts'
import { projectionsCommand } from './rebuilding-process.ts'

export interface LiveProcessing {
  readonly projection: string
  readonly writers: number
  readonly rounds: number
  /** Events appended, folded and read back per second by as many writers as that, each waiting for its own. */
  readonly alone: Summary
  readonly whileRebuilding: Summary
  /** R5, round by round. */
  readonly ratio: Summary
  readonly failedReads: number
  readonly lostUpdates: number
}

const WRITERS = 8
const LONGEST_ROUND_MS = 300_000

/** R5: what the live shop gets through with all it has, by itself and beside a rebuild in another process, in turn. */
export const liveProcessing = async (
  shop: LiveShop,
  options: { readonly projection: string; readonly rounds: number; readonly secondsAlone: number },
): Promise<LiveProcessing> => {
  const { projection, rounds, secondsAlone } = options

  /** Events per second until the promise says that it is over. */
  const busy = async (run: string, until: Promise<unknown>): Promise<number> => {
    const begin = performance.now()
    const state = { isOver: false, orders: 0, events: 0 }
    void until.then(() => {
      state.isOver = true
    })
    await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        while (!state.isOver && performance.now() - begin < LONGEST_ROUND_MS) {
          state.orders += 1
          const events = await shop.place(run, state.orders)
          state.events += events
        }
      }),
    )
    return (state.events * 1_000) / (performance.now() - begin)
  }
  const pause = (seconds: number): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, seconds * 1_000)
    })

  const alone: number[] = []
  const beside: number[] = []
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    const first = await busy(`alone-${round}`, pause(secondsAlone))
    const rebuilding = projectionsCommand(
      shop.directory,
      shop.eventStoreUrl,
      'rebuild',
      projection,
      '--switch',
    ).ended
    const second = await busy(`beside-${round}`, rebuilding)
    const { code, output } = await rebuilding
    assert(code === 0, `rebuilding ${projection} failed: ${output}`)
    if (round === 0) continue
    alone.push(first)
    beside.push(second)
  }
  const failedReads = shop.failedReads()
  const lostUpdates = await shop.lostUpdates()
  assert(failedReads === 0, `${failedReads} reads failed`)
  assert(lostUpdates === 0, `${lostUpdates} orders are not in the copy that is read`)
  return {
    projection,
    writers: WRITERS,
    rounds,
    alone: summary(alone),
    whileRebuilding: summary(beside),
    ratio: summary(beside.map((each, round) => each / (alone[round] ?? Number.NaN))),
    failedReads,
    lostUpdates,
  }
}
