import { AlertRule, AlertSeverity } from '#domain/alert/rules.ts'
import type { Position } from '#platform/eventstore/port.ts'
import type { Query, ReadStore, StoredDocument } from '#platform/readstore/port.ts'
import { ALERTS } from './collection.ts'
import { ALERT_STATUSES, type Alert, type AlertStatus } from './document.ts'

/** What staff look for; all that is named must hold at once. Times are epoch milliseconds, both ends included. */
export interface AlertFilter {
  readonly rule?: string | undefined
  readonly severity?: AlertSeverity | undefined
  /** `OPEN` is whatever is not resolved. */
  readonly status?: AlertStatus | 'OPEN' | undefined
  readonly orderId?: string | undefined
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

/** The most urgent first. `next` is where the following page goes on; absent at the end. */
export interface AlertPage {
  readonly items: readonly Alert[]
  readonly next?: number
}

export interface AlertCount {
  readonly rule: string
  readonly severity: AlertSeverity
  readonly status: AlertStatus
  readonly count: number
}

export interface AlertQueries {
  readonly byId: (alertId: string) => Promise<StoredDocument<Alert> | undefined>
  /**
   * What is open before what is resolved, P1 before P2, the newest first. An alert that changes its place between two
   * pages may be seen twice or not at all; the next look from the start has it.
   */
  readonly page: (
    filter: AlertFilter,
    span: { readonly after?: number | undefined; readonly limit: number },
  ) => Promise<AlertPage>
  /** Of every rule this build knows, what there is at all, whatever the filter; what there is none of is left out. */
  readonly counts: () => Promise<readonly AlertCount[]>
  /** The newest change of any alert; while it is the same, so is every answer. */
  readonly changedPosition: () => Promise<Position | undefined>
}

const BEFORE_ALL = -1
const AFTER_ALL = Number.MAX_SAFE_INTEGER

export const alertQueries = (readStore: ReadStore): AlertQueries => ({
  byId: (alertId) => readStore.get<Alert>(ALERTS.name, alertId),

  page: async (filter, { after, limit }) => {
    const { items } = await readStore.find<Alert>(ALERTS.name, {
      where: whereOf(filter),
      between: betweenOf(filter, after),
      sort: { by: 'rank', direction: 'desc' },
      // One more than is shown tells whether there is another page.
      limit: limit + 1,
      counted: false,
    })
    const shown = items.slice(0, limit).map(({ body }) => body)
    const last = shown.at(-1)
    return items.length > limit && last !== undefined ? { items: shown, next: last.rank } : { items: shown }
  },

  counts: async () => {
    const all = AlertRule.options.flatMap((rule) =>
      AlertSeverity.options.flatMap((severity) =>
        ALERT_STATUSES.map((status) => ({ rule, severity, status })),
      ),
    )
    const counted = await Promise.all(
      all.map(async (where) => ({
        ...where,
        count: (await readStore.find(ALERTS.name, { where, limit: 0 })).total,
      })),
    )
    return counted.filter(({ count }) => count > 0)
  },

  changedPosition: async () => {
    const { items } = await readStore.find<Alert>(ALERTS.name, {
      sort: { by: 'changedPosition', direction: 'desc' },
      limit: 1,
      counted: false,
    })
    return items[0]?.body.changedPosition
  },
})

const whereOf = ({ rule, severity, status, orderId }: AlertFilter): NonNullable<Query['where']> => ({
  ...(rule === undefined ? {} : { rule }),
  ...(severity === undefined ? {} : { severity }),
  ...(status === undefined ? {} : { status: status === 'OPEN' ? ['NEW', 'ACKNOWLEDGED'] : status }),
  ...(orderId === undefined ? {} : { orderId }),
})

const betweenOf = (
  { fromMs, toMs }: AlertFilter,
  after: number | undefined,
): NonNullable<Query['between']> => ({
  ...(after === undefined ? {} : { rank: { above: BEFORE_ALL, upTo: after - 1 } }),
  ...(fromMs === undefined && toMs === undefined
    ? {}
    : {
        raisedAtMs: {
          above: fromMs === undefined ? BEFORE_ALL : fromMs - 1,
          upTo: toMs ?? AFTER_ALL,
        },
      }),
})
