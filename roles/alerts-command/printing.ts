import { setTimeout as pause } from 'node:timers/promises'
import { AlertRule, AlertSeverity } from '#domain/alert/rules.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { ConfigurationError, readConfig } from '#platform/config/config.ts'
import { connectEventStore } from '#platform/eventstore/client.ts'
import type { Position } from '#platform/eventstore/port.ts'
import { ALERT_STATUSES } from '#projections/alerts/document.ts'
import { alertQueries } from '#projections/alerts/queries.ts'
import { activeGenerations } from '#projections/rebuild/active-generations.ts'
import { openWorkbench } from '../projections-command/workbench.ts'
import { reachEventStore } from '../reach-event-store.ts'
import { asLine, inLine } from './wording.ts'

export interface ListOptions {
  readonly rule?: string
  readonly severity?: string
  /** Whatever is not resolved unless told. */
  readonly status?: string
  readonly json?: true
}

const PAGE = 200
/** A person reads no more than this; `GET /api/ops/alerts` goes on. */
const MOST_LISTED = 1_000
const STATUSES = [...ALERT_STATUSES, 'OPEN', 'ALL'] as const

const oneOf = <T extends string>(what: string, known: readonly T[], given: string): T => {
  const found = known.find((each) => each === given)
  if (found === undefined)
    throw new ConfigurationError(`There is no ${what} ${given}; there are ${known.join(', ')}`)
  return found
}

/**
 * `alerts list`: what has to be seen to, the most urgent first, beside a shop that runs or at rest.
 * @throws ConfigurationError on a rule, severity or status that there is not.
 */
export const printAlerts = async (
  { rule, severity, status = 'OPEN', json }: ListOptions,
  environment: NodeJS.ProcessEnv,
  print: (line: string) => void = console.log,
): Promise<0> => {
  const wanted = oneOf('status', STATUSES, status)
  const filter = {
    ...(rule === undefined ? {} : { rule: oneOf('rule', AlertRule.options, rule) }),
    ...(severity === undefined ? {} : { severity: oneOf('severity', AlertSeverity.options, severity) }),
    ...(wanted === 'ALL' ? {} : { status: wanted }),
  }
  const { readStore, projections, close } = await openWorkbench(environment)
  try {
    const models = activeGenerations({ readStore, projections, clock: systemClock })
    await models.readStore.prepare(projections.map(({ collection }) => collection))
    const alerts = alertQueries(models.readStore)
    let listed = 0
    let after: number | undefined
    do {
      const { items, next } = await alerts.page(filter, { after, limit: PAGE })
      for (const item of items) print(json === true ? JSON.stringify(item) : inLine(item))
      listed += items.length
      after = next
    } while (after !== undefined && listed < MOST_LISTED)
    if (json !== true && listed === 0) print('Nothing disagrees')
    if (after !== undefined)
      process.stderr.write(`There are more than ${listed}; name a rule or a severity\n`)
    return 0
  } finally {
    await close()
  }
}

const FIRST_BACKOFF_MS = 250
const LONGEST_BACKOFF_MS = 5_000

/**
 * `alerts tail`: one line for each alert event from now on, or from the start of the log, until the signal ends it. When
 * the store goes away it is looked for again, also at another address, and followed from where it was.
 */
export const tailAlerts = async (
  options: { readonly fromStart: boolean; readonly signal: AbortSignal },
  environment: NodeJS.ProcessEnv,
  print: (line: string) => void = console.log,
): Promise<0> => {
  const { fromStart, signal } = options
  const { EVENTSTORE_USERNAME: username, EVENTSTORE_PASSWORD: password = '' } = readConfig(environment)
  let after: Position | 'start' | 'end' = fromStart ? 'start' : 'end'
  let backoffMs = FIRST_BACKOFF_MS
  let isFirst = true
  while (!signal.aborted) {
    // Each try has its own connection: a shop that starts again has its log at another port.
    const gone = new AbortController()
    try {
      const { url, close } = await reachEventStore(environment)
      const store = connectEventStore({
        connectionString: url,
        clock: systemClock,
        ...(username === undefined ? {} : { credentials: { username, password } }),
      })
      isFirst = false
      try {
        for await (const batch of store.subscribe({
          name: 'alerts tail',
          prefixes: ['alert-'],
          after,
          signal: AbortSignal.any([signal, gone.signal]),
          onStatus: ({ connected, trouble }) => {
            if (connected) backoffMs = FIRST_BACKOFF_MS
            else if (trouble !== undefined) gone.abort()
          },
        })) {
          for (const event of batch.events) print(asLine(event))
          after = batch.position ?? after
        }
      } finally {
        await store.close()
        await close()
      }
    } catch (error) {
      // What is wrong with the first try is wrong with how it was called.
      if (isFirst) throw error
    }
    if (signal.aborted) break
    process.stderr.write('The log is away; looking for it again\n')
    await pause(backoffMs, undefined, { signal }).catch(() => {})
    backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)
  }
  return 0
}
