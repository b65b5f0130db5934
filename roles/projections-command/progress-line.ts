import { Presets, SingleBar } from 'cli-progress'
import type { Pace } from '#projections/rebuild/pace.ts'
import { duration } from './wording.ts'

/** Shows how far something is: a bar for a person, a line every few seconds for a log. */
export interface ProgressLine {
  readonly show: (pace: Pace) => void
  readonly end: () => void
}

const LINE_EVERY_MS = 5_000
const STEPS = 1_000

export const progressLine = (
  what: string,
  output: NodeJS.WriteStream = process.stderr,
  nowMs: () => number = Date.now,
): ProgressLine => (output.isTTY ? bar(what, output) : lines(what, output, nowMs))

const rateOf = ({ eventsPerSecond }: Pace): string => eventsPerSecond.toLocaleString('en')
const leftOf = ({ leftMs }: Pace): string => (leftMs === undefined ? '…' : duration(leftMs))
const indexesOf = ({ indexes }: Pace): string =>
  indexes === undefined ? '' : `, indexes ${indexes.made} of ${indexes.of}`

const bar = (what: string, stream: NodeJS.WriteStream): ProgressLine => {
  const shown = new SingleBar(
    {
      format: `${what} {bar} {percentage}% | {events} events | {rate}/s | {left} left{indexes}`,
      hideCursor: true,
      clearOnComplete: false,
      stream,
    },
    Presets.shades_classic,
  )
  shown.start(STEPS, 0, { events: 0, rate: '…', left: '…', indexes: '' })
  return {
    show: (pace) =>
      shown.update(Math.floor(pace.part * STEPS), {
        events: pace.events.toLocaleString('en'),
        rate: rateOf(pace),
        left: leftOf(pace),
        indexes: indexesOf(pace),
      }),
    end: () => shown.stop(),
  }
}

const lines = (what: string, output: NodeJS.WriteStream, nowMs: () => number): ProgressLine => {
  let latest: Pace | undefined
  let shownAtMs = nowMs()
  const line = (pace: Pace): void => {
    latest = undefined
    shownAtMs = nowMs()
    const percent = Math.floor(pace.part * 100)
    output.write(
      `${what}: ${percent} %, ${pace.events.toLocaleString('en')} events, ${rateOf(pace)}/s, ${leftOf(pace)} left${indexesOf(pace)}\n`,
    )
  }
  return {
    show: (pace) => {
      if (nowMs() - shownAtMs >= LINE_EVERY_MS) line(pace)
      else latest = pace
    },
    end: () => {
      if (latest !== undefined) line(latest)
    },
  }
}
