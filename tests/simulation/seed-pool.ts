import { Worker } from 'node:worker_threads'
import { SeedReport } from './seed-report.ts'
import type { Told } from './telling.ts'

export interface SeedPoolOptions {
  readonly first: number
  readonly count: number
  /** Threads; a seed's run is the same on any of them. */
  readonly workers: number
  readonly how?: Told
  /** Hands out no more seeds; those under way are still reported. */
  readonly signal?: AbortSignal
  /** Called for each seed as it ends, which is not quite the order of the seeds. */
  readonly onReport: (report: SeedReport) => void
}

/**
 * A shop that was killed stays as it was, waiting for answers that never come, and Node holds on to what waits for a
 * composite AbortSignal until it is aborted: about a megabyte a seed. A thread takes all of it along when it ends.
 */
const SEEDS_PER_THREAD = 250

/**
 * Runs seeds on several threads. Resolves once every seed that was handed out is reported; the seeds are handed out in
 * order, so those that were not run are the last ones.
 * @throws when a thread dies, which no run should bring about.
 */
export const runSeeds = async (options: SeedPoolOptions): Promise<void> => {
  const { first, count, how = {}, signal, onReport } = options
  const end = first + count
  const broken = new AbortController()
  let next = first

  const isOver = (): boolean => next >= end || signal?.aborted === true || broken.signal.aborted

  const thread = async (): Promise<void> => {
    const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { workerData: how })
    try {
      await new Promise<void>((resolve, reject) => {
        let given = 0
        const handOut = (): void => {
          if (isOver() || given === SEEDS_PER_THREAD) return resolve()
          given += 1
          // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
          worker.postMessage(next)
          next += 1
        }
        worker.on('message', (message: unknown) => {
          try {
            onReport(SeedReport.parse(message))
            handOut()
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)))
          }
        })
        worker.on('error', reject)
        worker.on('exit', (code) => {
          reject(new Error(`A thread of the simulation ended with ${code}`))
        })
        handOut()
      })
    } catch (error) {
      broken.abort()
      throw error
    } finally {
      await worker.terminate()
    }
  }

  const work = async (): Promise<void> => {
    while (!isOver()) await thread()
  }

  await Promise.all(Array.from({ length: Math.min(options.workers, count) }, work))
}
