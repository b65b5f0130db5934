import type { RebuildAnswer, RebuildRefusal } from '#projections/rebuild/operations.ts'
import type { CopyView, ProjectionView } from '#projections/rebuild/listing.ts'

/** `950 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export const duration = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

const bytes = (count: number): string =>
  count < 1_000_000 ? `${Math.ceil(count / 1_000)} kB` : `${(count / 1_000_000).toFixed(1)} MB`

const REFUSALS: Readonly<Record<RebuildRefusal, string>> = {
  'nothing-building': 'no copy is being built',
  'not-caught-up': 'the new copy has not caught up yet',
  'nothing-kept': 'there is no earlier copy',
  'unknown-projection': 'there is no such projection',
}

export const inWords = (name: string, answer: RebuildAnswer): string => {
  if (answer.kind === 'refused') return `${name}: ${REFUSALS[answer.refusal]}`
  const { active, building, kept } = answer.generations
  return [
    `${name}: generation ${active} is read`,
    ...(kept === undefined
      ? []
      : [`${kept.generation} is kept until ${new Date(kept.untilMs).toISOString()}`]),
    ...(building === undefined ? [] : [`${building.generation} is being built`]),
    ...(answer.kind === 'unchanged' ? ['nothing to do'] : []),
  ].join(', ')
}

const stateOf = (copy: CopyView, nowMs: number): string => {
  if (copy.role === 'kept' && copy.keptUntilMs !== undefined)
    return `kept for ${duration(Math.max(0, copy.keptUntilMs - nowMs))}`
  if (copy.role !== 'building') return copy.role
  if (copy.phase === 'live') return 'ready to switch'
  if (copy.phase === 'caught-up') return 'caught up, waits for the host'
  if (copy.pace === undefined) return copy.by === 'command' ? 'paused' : 'about to be built'
  const { part, leftMs, indexes } = copy.pace
  if (indexes !== undefined) return `making indexes, ${indexes.made} of ${indexes.of} are there`
  return `building ${Math.floor(part * 100)} %${leftMs === undefined ? '' : `, ${duration(leftMs)} left`}`
}

const HEADINGS = ['PROJECTION', 'STATE', 'POSITION', 'LAG', 'EVENTS/S', 'DOCUMENTS', 'SIZE', 'PARKED']

/** One line per copy, in columns. */
export const table = (projections: readonly ProjectionView[], nowMs: number): readonly string[] => {
  const rows = projections.flatMap(({ name, version, host, copies }) =>
    copies.map((copy) => {
      const rate = copy.role === 'building' && copy.phase !== 'live' ? copy.pace : host
      const lagMs = copy.role === 'active' ? host?.lagMs : undefined
      return [
        `${name}@${version}#${copy.generation}`,
        copy.role === 'active' && host === undefined ? 'active, nobody feeds it' : stateOf(copy, nowMs),
        String(copy.position ?? '-'),
        lagMs === undefined ? '-' : duration(lagMs),
        rate === undefined ? '-' : rate.eventsPerSecond.toLocaleString('en'),
        copy.documents.toLocaleString('en'),
        bytes(copy.bytes),
        String(copy.parked),
      ]
    }),
  )
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  return [HEADINGS, ...rows].map((row) =>
    row
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}
