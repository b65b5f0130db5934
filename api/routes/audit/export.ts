import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { stringify } from 'csv-stringify/sync'
import { z } from 'zod'
import type { EventStore } from '#platform/eventstore/port.ts'
import { eventLogQueries, type EventFilter, type EventLogQueries } from '#projections/event-log/queries.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import { problems } from '../../schemas.ts'
import { asProblem, EventQuery, filterOf, Flag } from './event-filter.ts'
import { rowsOf, type AuditEvent } from './event-rows.ts'
import { handingOut, recordReading, type HandedOut } from './reading.ts'

/** Events that are in memory at once, whatever the size of the export. */
const PORTION = 500

const COLUMNS = [
  'at',
  'position',
  'eventId',
  'type',
  'category',
  'stream',
  'revision',
  'correlationId',
  'causationId',
  'actor',
  'data',
] as const satisfies readonly (keyof AuditEvent)[]

const FORMATS = {
  csv: { type: 'text/csv; charset=utf-8; header=present', name: 'kessai-events.csv' },
  jsonl: { type: 'application/jsonl; charset=utf-8', name: 'kessai-events.jsonl' },
} as const

/** The same events as `/api/audit/events`, all of them, as a file. */
export const auditExportRoute = (app: ApiScope, { readStore, eventStore }: ApiDependencies): void => {
  const log = eventLogQueries(readStore)

  app.get(
    '/api/audit/export',
    {
      // A HEAD would read the whole log to throw it away.
      exposeHeadRoute: false,
      schema: {
        tags: ['audit'],
        summary: 'All events that a filter finds, as CSV or JSON lines',
        description:
          'Takes the filters of `/api/audit/events` and ends where the log ended when it was asked for. Cells that a ' +
          'spreadsheet would take for a formula begin with an apostrophe. `bom=true` lets Excel see that it is UTF-8. An export ' +
          'that fails on its way breaks the connection off, so that half a file is never taken for a whole one.',
        querystring: EventQuery.extend({
          format: z.enum(['csv', 'jsonl']),
          withData: Flag,
          bom: Flag,
        }),
        response: {
          200: {
            description: 'The file, oldest event first.',
            content: {
              'text/csv': { schema: z.unknown() },
              'application/jsonl': { schema: z.unknown() },
            },
          },
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { format, withData, bom, ...asked } = request.query
      recordReading(request, 'export', request.query)
      const filter = filterOf(asked)
      const portions = portionsOf({ log, eventStore, filter, withData })
      // The first portion is fetched before anything is sent: what is wrong with the question can still be said.
      const first = await portions.next().catch((error: unknown) => {
        throw asProblem(error)
      })
      const texts = inFormat(format, first, portions, { withData, bom, onEnd: handingOut(request) })
      return reply
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="${FORMATS[format].name}"`)
        .type(FORMATS[format].type)
        .send(Readable.from(texts, { highWaterMark: 1 }))
    },
  )
}

type Portion = readonly AuditEvent[]

interface ExportOptions {
  readonly log: EventLogQueries
  readonly eventStore: Pick<EventStore, 'read'>
  readonly filter: EventFilter
  readonly withData: boolean
}

/** Asks for the next portion only when the one before it was taken, so a client that reads slowly slows the reading. */
async function* portionsOf({
  log,
  eventStore,
  filter,
  withData,
}: ExportOptions): AsyncGenerator<Portion, void> {
  const upTo = await log.end()
  if (upTo === undefined) return
  let after: number | undefined
  // Each turn goes on from a higher position, and none goes beyond where the log ended at the beginning.
  do {
    const { items, next } = await log.page(filter, { after, upTo, limit: PORTION })
    yield await rowsOf(eventStore, items, withData)
    after = next
    // A client on a fast line never makes the export wait; the shop's other work comes in between all the same.
    await nextTurn()
  } while (after !== undefined)
}

interface FormatOptions {
  readonly withData: boolean
  readonly bom: boolean
  /** Called once, however it ends: at its end, with its client gone, or with an error. */
  readonly onEnd: (handedOut: HandedOut) => void
}

async function* inFormat(
  format: keyof typeof FORMATS,
  first: IteratorResult<Portion, void>,
  portions: AsyncGenerator<Portion, void>,
  { withData, bom, onEnd }: FormatOptions,
): AsyncGenerator<string, void> {
  const text = format === 'csv' ? csvText(withData) : jsonlText
  let events = 0
  let isWhole = false
  try {
    yield (bom ? '\uFEFF' : '') + (format === 'csv' ? csvHead(withData) : '')
    for (let portion = first; portion.done !== true; portion = await portions.next()) {
      events += portion.value.length
      if (portion.value.length > 0) yield text(portion.value)
    }
    isWhole = true
  } finally {
    onEnd({ events, isWhole })
    await portions.return()
  }
}

const jsonlText = (rows: Portion): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

const columnsOf = (withData: boolean): readonly string[] =>
  COLUMNS.filter((column) => withData || column !== 'data')

const csvHead = (withData: boolean): string => stringify([[...columnsOf(withData)]])

/** See https://owasp.org/www-community/attacks/CSV_Injection for why cells are escaped. */
const csvText =
  (withData: boolean) =>
  (rows: Portion): string =>
    stringify(
      rows.map(({ data, ...row }) => ({ ...row, data: data === undefined ? '' : JSON.stringify(data) })),
      { columns: [...columnsOf(withData)], escape_formulas: true },
    )
