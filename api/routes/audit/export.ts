import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Clock } from '#platform/clock/clock.ts'
import { eventLogQueries } from '#projections/event-log/queries.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import { Problem } from '../../problems.ts'
import { problems } from '../../schemas.ts'
import { AUDITING_STAFF } from '../../staff-roles.ts'
import { deedRecording } from '../ops/deeds.ts'
import { asProblem, EventQuery, filterOf, Flag } from './event-filter.ts'
import { portionsOf, type Portion } from './export-portions.ts'
import { exportSlots } from './export-slots.ts'
import { csvText, jsonlText, type ExportText } from './export-text.ts'
import { handingOut, recordReading } from './reading.ts'

/** An export takes from seconds to minutes. */
const RETRY_AFTER_SECONDS = 30

/**
 * Whoever takes nothing for this long has gone without saying so, and others want the slot. A slow line takes something
 * far more often, though what is on its way to it fills some megabytes before that shows.
 */
export const STALLED_AFTER_MS = 300_000

const FORMATS = {
  csv: { type: 'text/csv; charset=utf-8; header=present', name: 'kessai-events.csv' },
  jsonl: { type: 'application/jsonl; charset=utf-8', name: 'kessai-events.jsonl' },
} as const

/** The same events as `/api/audit/events`, all of them, as a file. */
export const auditExportRoute = (app: ApiScope, deps: ApiDependencies): void => {
  const { readStore, eventStore, clock, config } = deps
  const begin = deedRecording(deps)
  const log = eventLogQueries(readStore)
  const slots = exportSlots(config.AUDIT_EXPORTS_AT_ONCE)

  app.get(
    '/api/audit/export',
    {
      config: { access: { staff: AUDITING_STAFF } },
      // A HEAD would read the whole log to throw it away.
      exposeHeadRoute: false,
      schema: {
        tags: ['audit'],
        summary: 'All events that a filter finds, as CSV or JSON lines',
        description:
          'Takes the filters of `/api/audit/events` and ends where the log ended when it was asked for. Cells that a ' +
          'spreadsheet would take for a formula begin with an apostrophe. `bom=true` lets Excel see that it is UTF-8. An export ' +
          'that fails on its way, or of which nothing is taken for five minutes, breaks the connection off, so that half a ' +
          'file is never taken for a whole one. Few are made at once: others are answered 503 `exports-busy` with Retry-After.',
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
      const giveBack = slots.take()
      if (giveBack === undefined)
        throw new Problem('exports-busy', { retryAfterSeconds: RETRY_AFTER_SECONDS })
      const portions = portionsOf({ log, eventStore, filter, withData })
      // The first portion is fetched before anything is sent: what is wrong with the question can still be said.
      const first = await portions.next().catch((error: unknown) => {
        giveBack()
        throw asProblem(error)
      })
      // Behind the first portion, which has settled where the file ends: it is not part of itself.
      await begin(request, 'AUDIT_EXPORT', format).catch(async (error: unknown) => {
        giveBack()
        await portions.return()
        throw error
      })
      const handOut = handingOut(request)
      const handedOut = { events: 0, isWhole: false }
      const texts = textsOf(first, portions, {
        text: format === 'csv' ? csvText(withData) : jsonlText,
        bom,
        handedOut,
        clock,
        onStalled: () => {
          file.destroy(new Error('Nothing was taken of an export for too long'))
        },
      })
      const file = Readable.from(texts, { highWaterMark: 1 })
      // Comes once and always, also where nothing was ever read of it: at its end, with its client gone, or with an error.
      file.once('close', () => {
        giveBack()
        handOut(handedOut)
      })
      // A reply that ends without it, as where the session cannot be saved, would leave it open.
      reply.raw.once('close', () => file.destroy())
      if (reply.raw.destroyed) file.destroy()
      return reply
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="${FORMATS[format].name}"`)
        .type(FORMATS[format].type)
        .send(file)
    },
  )
}

interface TextsOptions {
  readonly text: ExportText
  readonly bom: boolean
  /** Kept up to date as it goes. */
  readonly handedOut: { events: number; isWhole: boolean }
  readonly clock: Pick<Clock, 'timer'>
  readonly onStalled: () => void
}

async function* textsOf(
  first: IteratorResult<Portion, void>,
  portions: AsyncGenerator<Portion, void>,
  { text, bom, handedOut, clock, onStalled }: TextsOptions,
): AsyncGenerator<string, void> {
  let stopWaiting = (): void => {}
  const waiting = (said: string): string => {
    stopWaiting = clock.timer(STALLED_AFTER_MS, onStalled)
    return said
  }
  try {
    yield waiting((bom ? '\uFEFF' : '') + text.head)
    stopWaiting()
    for (let portion = first; portion.done !== true; portion = await portions.next()) {
      handedOut.events += portion.value.length
      yield waiting(text.portion(portion.value))
      stopWaiting()
    }
    handedOut.isWhole = true
  } finally {
    stopWaiting()
    await portions.return()
  }
}
