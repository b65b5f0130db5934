import type { Facts } from '#domain/inconsistency/facts.ts'
import { healedAlerts, occurrenceKey, unalerted, type Found } from '#domain/inconsistency/judging.ts'
import type { Thresholds } from '#domain/inconsistency/occurrence.ts'
import { INCONSISTENCY_RULES, type InconsistencyRule } from '#domain/inconsistency/rules.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { ConflictsOutlasted, type CommandRunner } from '#platform/commands/runner.ts'
import { UndecodableEvent } from '#platform/eventstore/decoding.ts'
import { EventStoreUnavailable, type EventStore } from '#platform/eventstore/port.ts'
import { logClock } from './log-clock.ts'
import { orderInLog } from './order-in-log.ts'
import { orderIdOf } from './order-of-case.ts'
import { raising } from './raising.ts'
import { isSetAside, setAsideInLog } from './set-aside.ts'
import { watching } from './watching.ts'

/** A case the read model says to look at. */
export interface Suspect {
  readonly id: string
  readonly facts: Facts
}

/** What alerting asks the read model. */
export interface Cases {
  /** Who is to be looked at by this time, the longest due first. */
  readonly suspects: (upToMs: number, offset: number, limit: number) => Promise<readonly Suspect[]>
  /** When the newest event of all cases was recorded. */
  readonly newestAtMs: () => Promise<number | undefined>
}

export interface AlertingOptions {
  readonly store: Pick<EventStore, 'read' | 'last'>
  readonly commands: Pick<CommandRunner, 'run'>
  readonly cases: Cases
  /** Processes whose parked keys are told of. */
  readonly processes: readonly string[]
  readonly thresholds: Thresholds
  /** At most 10 s. */
  readonly everyMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly log: (message: string, detail: object, level?: 'warn' | 'error') => void
  /** An alert was raised, by this process and for the first time. */
  readonly onRaised?: (rule: InconsistencyRule) => void
}

/** How many alerts of one rule are open. */
export interface OpenAlerts {
  readonly rule: InconsistencyRule
  readonly open: number
}

export interface AlertingStatus {
  readonly name: 'alerting'
  /** Whether the last look went through. */
  readonly connected: boolean
  /** Whether every suspect has been looked at since the start. */
  readonly caughtUp: boolean
  /** What it waits to see last. */
  readonly watched: number
  /** As of the last time every suspect was looked at. */
  readonly openAlerts: readonly OpenAlerts[]
  readonly trouble?: string | undefined
}

export interface RunningAlerting {
  readonly status: () => AlertingStatus
  readonly stopped: Promise<void>
}

const PAGE = 200
/** What one look may load; more suspects than that take several. */
const PAGES_PER_LOOK = 5
/** Between looks while there are more: an outage of the provider leaves thousands, and each is to be seen in its time. */
const BREATH_MS = 100
const FIRST_BACKOFF_MS = 100
/** How late it is by the log: known from every suspect, and from time to time from all the others. */
const ASK_TIME_EVERY_MS = 10 * 60_000

/**
 * Tells an operator when orders and payments disagree: looks at the suspects of the read model every few seconds, judges each
 * on its own streams, and appends `AlertRaised` and `AlertResolved`. The read model only says where to look, so one that
 * lags can make it late and never wrong. It keeps nothing: killed anywhere, it starts to watch anew, and what it
 * had raised is there. Several instances raise the same alerts, once.
 */
export const startAlerting = (options: AlertingOptions): RunningAlerting => {
  const { clock, signal, log, everyMs } = options
  let status: AlertingStatus = {
    name: 'alerting',
    connected: false,
    caughtUp: false,
    watched: 0,
    openAlerts: INCONSISTENCY_RULES.map((rule) => ({ rule, open: 0 })),
  }
  const look = looking(options, (change) => {
    status = { ...status, ...change }
  })
  const stopped = (async () => {
    let backoffMs = FIRST_BACKOFF_MS
    while (!signal.aborted) {
      try {
        const isDone = await look()
        status = { ...status, connected: true, trouble: undefined }
        backoffMs = FIRST_BACKOFF_MS
        await clock.sleep(isDone ? everyMs : BREATH_MS, signal)
      } catch (error) {
        if (signal.aborted) return
        status = { ...status, connected: false, trouble: String(error) }
        log('Alerting could not look, and tries again', { error: String(error) })
        await clock.sleep(backoffMs, signal)
        backoffMs = Math.min(backoffMs * 2, everyMs)
      }
    }
  })()
  return { status: () => status, stopped }
}

/** In place of a case among those that cannot be read. */
const SET_ASIDE = ''

/** One look at those who are to be looked at; it answers whether everyone was. */
const looking = (
  options: AlertingOptions,
  report: (change: Partial<AlertingStatus>) => void,
): (() => Promise<boolean>) => {
  const { store, clock, signal, log, cases } = options
  const logTime = logClock(clock)
  const watch = watching(clock, logTime, options.thresholds)
  const setAside = setAsideInLog(store, options.processes)
  const { raise, resolve } = raising(options.commands, clock)
  /** Cases that this build cannot judge, each told of once; processes park those whose streams cannot be read, too. */
  const unjudged = new Set<string>()
  let askAgainAtMs = -Infinity
  let offset = 0
  let open = new Map<string, number>()

  /** What the log itself says of a case; alerts are the read model's, since a command decides on those. */
  const judged = async (id: string, copy: Facts): Promise<Facts> => {
    const orderId = isSetAside(id) ? undefined : orderIdOf(id)
    if (orderId === undefined) return copy
    return { ...(await orderInLog(store, orderId)), alerts: copy.alerts }
  }

  const raised = ({ rule, occurrence: { subject } }: Found): void => {
    log('An alert is raised', { rule: rule.id, severity: rule.severity, subject })
    options.onRaised?.(rule)
  }

  const lookAt = async (id: string, copy: Facts): Promise<void> => {
    logTime.see(copy.newestAtMs)
    const due = unalerted(copy).filter((found) => watch.isDue(id, found) && !watch.isTold(id, found))
    if (due.length === 0 && healedAlerts(copy).length === 0) return
    const facts = await judged(id, copy)
    const called = new Map(unalerted(facts).map((found) => [occurrenceKey(found), found]))
    for (const seen of due) {
      const found = called.get(occurrenceKey(seen))
      // The copy lags: it may say so again, and is then asked about again after as long.
      if (found === undefined) watch.dismiss(id, seen)
      else {
        if (await raise(id, facts, found)) raised(found)
        watch.told(id, found)
      }
    }
    for (const healed of healedAlerts(facts)) await resolve(id, healed)
  }

  const lookSafely = async (id: string, facts: Facts): Promise<void> => {
    try {
      await lookAt(id, facts)
      unjudged.delete(id)
    } catch (error) {
      if (error instanceof EventStoreUnavailable || error instanceof ConflictsOutlasted) throw error
      if (unjudged.has(id)) return
      unjudged.add(id)
      // An event that cannot be read, or a fault of our own: neither may keep the others from being told.
      log('A case cannot be judged', { case: id, error: String(error) }, 'error')
    }
  }

  const setAsideNow = async (): Promise<ReadonlyMap<string, Facts> | undefined> => {
    try {
      const found = new Map((await setAside()).map(({ id, facts }) => [id, facts]))
      unjudged.delete(SET_ASIDE)
      return found
    } catch (error) {
      if (!(error instanceof UndecodableEvent)) throw error
      if (!unjudged.has(SET_ASIDE))
        log('What is parked cannot be told of, for its log cannot be read', { error: error.message }, 'error')
      unjudged.add(SET_ASIDE)
      return undefined
    }
  }

  const countOpen = ({ alerts }: Facts): void => {
    for (const { rule, isOpen } of Object.values(alerts))
      if (isOpen) open.set(rule, (open.get(rule) ?? 0) + 1)
  }

  return async () => {
    if (offset === 0) {
      watch.beginRound()
      open = new Map()
    }
    if (clock.monotonicMs() >= askAgainAtMs) {
      logTime.see((await cases.newestAtMs()) ?? -Infinity)
      askAgainAtMs = clock.monotonicMs() + ASK_TIME_EVERY_MS
    }
    const upToMs = Math.max(clock.nowMs(), logTime.atLeastMs())
    let aside: ReadonlyMap<string, Facts> | undefined
    const looked = new Set<string>()
    for (let page = 0; page < PAGES_PER_LOOK && !signal.aborted; page += 1) {
      const found = await cases.suspects(upToMs, offset, PAGE)
      // After the page, so that whoever has an alert there is among these if it still stands still.
      aside = await setAsideNow()
      for (const { id, facts } of found) {
        countOpen(facts)
        looked.add(id)
        // What cannot be read is neither told of nor taken for over.
        if (aside === undefined && isSetAside(id)) continue
        const ofLog = aside?.get(id)
        await lookSafely(id, ofLog === undefined ? facts : { ...ofLog, alerts: facts.alerts })
      }
      offset = found.length < PAGE ? 0 : offset + found.length
      if (offset === 0) break
    }
    for (const [id, facts] of aside ?? []) if (!looked.has(id)) await lookSafely(id, facts)
    if (offset === 0) {
      watch.endRound()
      report({
        caughtUp: true,
        openAlerts: INCONSISTENCY_RULES.map((rule) => ({ rule, open: open.get(rule.id) ?? 0 })),
      })
    }
    report({ watched: watch.size() })
    return offset === 0
  }
}
