import type { Environment } from '../environment.ts'
import type { Summary } from '../measure.ts'

export interface Contestant {
  readonly what: string
  /** Of the events that the projection folds. */
  readonly eventsPerSecond: Summary
}

export interface PeerResults {
  readonly measuredOn: string
  readonly environment: Environment
  readonly eventsInLog: number
  readonly eventsFolded: number
  readonly documents: number
  readonly rounds: number
  /** Ours first. */
  readonly contestants: readonly Contestant[]
}

const whole = (value: number): string => Math.round(value).toLocaleString('en')

/** The measured part about the peer in docs/performance.md. */
export const peerReport = (results: PeerResults): string => {
  const [ours] = results.contestants
  return `Measured on ${results.measuredOn}: ${Object.entries(results.environment)
    .map(([name, value]) => `${name} ${value}`)
    .join(
      ', ',
    )}. ${whole(results.eventsInLog)} events, ${whole(results.eventsFolded)} of them folded into ${whole(results.documents)} documents, which were compared field by field; ${results.rounds} rounds in turn.

| \`order-summary\` rebuilt by | Events/s | Kessai ÷ this |
|---|---|---|
${results.contestants
  .map(
    ({ what, eventsPerSecond: { median, min, max } }) =>
      `| ${what} | ${whole(median)} (${whole(min)}–${whole(max)}) | ${((ours?.eventsPerSecond.median ?? Number.NaN) / median).toFixed(1)} |`,
  )
  .join('\n')}`
}
