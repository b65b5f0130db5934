import cliProgress from 'cli-progress'

export interface ProgressState {
  readonly done: number
  readonly events: number
  readonly failed: number
}

/** How far a run of many seeds is: a bar where somebody watches, a line now and then where it is kept. */
export interface Progress {
  readonly update: (state: ProgressState) => void
  /** Says something without breaking the bar. */
  readonly say: (text: string) => void
  readonly stop: () => void
}

export interface ProgressOptions {
  readonly count: number
  readonly out: NodeJS.WritableStream & { readonly isTTY?: boolean }
  /** For what `say` says where there is no bar. */
  readonly print: (text: string) => void
  readonly nowMs: () => number
}

const LINES = 20

export const progress = (options: ProgressOptions): Progress =>
  options.out.isTTY === true ? bar(options) : lines(options)

/** Seeds per second so far, and the seconds that the rest takes at that rate. */
const pace = ({ count, nowMs }: ProgressOptions, startedAtMs: number, done: number) => {
  const perSecond = (done * 1_000) / Math.max(1, nowMs() - startedAtMs)
  return {
    rate: perSecond.toFixed(1),
    left: perSecond === 0 ? '–' : inWords(Math.ceil((count - done) / perSecond)),
  }
}

const inWords = (seconds: number): string =>
  seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`

const bar = (options: ProgressOptions): Progress => {
  const { count, out, nowMs } = options
  const startedAtMs = nowMs()
  const shown = new cliProgress.MultiBar({
    stream: out,
    format: '{bar} {value} of {total} seeds  {rate}/s  {events} events  {failed} failed  {left} left',
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    // Whoever runs the seeds ends in order, and then so does the bar.
    gracefulExit: false,
  })
  const one = shown.create(count, 0, { ...pace(options, startedAtMs, 0), events: 0, failed: 0 })
  return {
    update: ({ done, ...state }) => {
      one.update(done, { ...pace(options, startedAtMs, done), ...state })
    },
    say: (text) => {
      shown.log(`${text}\n`)
    },
    stop: () => {
      // What was said last waits for the next drawing.
      shown.update()
      shown.stop()
    },
  }
}

const lines = (options: ProgressOptions): Progress => {
  const { count, out, print, nowMs } = options
  const startedAtMs = nowMs()
  let told = -1
  return {
    update: ({ done, events, failed }) => {
      const portion = Math.floor((done / count) * LINES)
      if (portion <= told) return
      told = portion
      const { rate, left } = pace(options, startedAtMs, done)
      out.write(`${done} of ${count} seeds, ${rate}/s, ${events} events, ${failed} failed, ${left} left\n`)
    },
    say: print,
    stop: () => {},
  }
}
