import type { Clock } from '#platform/clock/clock.ts'
import { keyedQueue } from '#platform/commands/keyed-queue.ts'
import type { Batch, EventStore, Position } from '#platform/eventstore/port.ts'
import type { ReadStore } from '#platform/readstore/port.ts'
import { logicalName, prepareBatch, progressOf, type Change, type Progress } from './batch.ts'
import { SHOP_STREAM_PREFIXES } from './events.ts'
import { gathered } from './gathered.ts'
import { listeners } from './listeners.ts'
import type { ParkedKey } from './parked-keys.ts'
import { checkpointName, type Projection } from './projection.ts'
import { generationIn, isCopyOf, lowestPosition, type Copy } from './rebuild/copies.ts'
import { election } from './rebuild/election.ts'
import { follow } from './rebuild/following.ts'
import { hostedBuilds } from './rebuild/hosted-builds.ts'
import { activeGenerations } from './rebuild/active-generations.ts'
import { leases as leasesOf, type Holder } from './rebuild/leases.ts'
import { loadCopies, loadOnlyCopies } from './rebuild/loading.ts'
import { rate } from './rebuild/pace.ts'
import { seenSoFar } from './rebuild/seen.ts'
import { LOOK_EVERY_MS, tend } from './rebuild/tending.ts'
import { revisionGaps } from './revision-gaps.ts'
import { replaying } from './replaying.ts'
import { waiters } from './waiters.ts'

export interface ProjectionStatus {
  /** `name@version`. */
  readonly name: string
  /** How far the copy that is read has come; undefined before the first commit. */
  readonly position: Position | undefined
  /** Whether everything that was in the log when we looked is in the copy. */
  readonly caughtUp: boolean
  /** Now less the time of the newest event folded in; zero when caught up, absent when nothing is known yet. */
  readonly lagMs?: number
  readonly parked: readonly ParkedKey[]
  /** Another process feeds it, and this one only follows. */
  readonly isElsewhere: boolean
}

/** The part of the log that pino and the console share. */
export interface ProjectionLogger {
  readonly warn: (facts: object, message: string) => void
  readonly error: (facts: object, message: string) => void
}

export interface ProjectionsOptions {
  readonly store: EventStore
  readonly readStore: ReadStore
  readonly projections: readonly Projection[]
  readonly clock: Clock
  /** Ends the loop after the batch in hand. */
  readonly signal: AbortSignal
  readonly logger?: ProjectionLogger
  /**
   * Who this process is where others may host the same projections, or copies may be built anew. Without it this is
   * the only process, and each projection has one copy.
   */
  readonly holder?: Holder
}

export interface Projections {
  readonly status: () => readonly ProjectionStatus[]
  /** True once every projection of this host has stored up to the position; false when the time is up or it stopped. */
  readonly waitFor: (position: Position, timeoutMs: number) => Promise<boolean>
  /**
   * Called after each commit, once per document it changed that is read. After a crash between a commit and its calls
   * they do not come again: a listener that must not miss one reads the documents when it starts.
   */
  readonly onChange: (listener: (change: Change) => void) => () => void
  /** Called with `name@version` when reads go to another copy, in which any document may be different. */
  readonly onSwitch: (listener: (name: string) => void) => () => void
  /** Looks now at what was asked of the copies, instead of soon. */
  readonly lookAgain: () => void
  /** Resolves when the signal has ended the loop; never rejects. */
  readonly stopped: Promise<void>
}

const FIRST_BACKOFF_MS = 50
const LONGEST_BACKOFF_MS = 5_000

/**
 * Feeds all projections of this host from one subscription. Each batch is one commit: all documents and all
 * checkpoints, so a crash anywhere loses nothing and doubles nothing. Whatever fails outside a single key (the read
 * store, the log) restarts the loop from the stored checkpoints, with backoff, until the signal ends it.
 */
export const startProjections = (options: ProjectionsOptions): Projections => {
  const { store, projections, clock, signal, logger, holder } = options
  const names = projections.map(checkpointName)
  let copies: readonly Copy[] = projections.map((projection) => ({
    progress: progressOf(projection, undefined, []),
    isActive: true,
    how: 'fed',
  }))
  let caughtUp = false
  const caughtUpElsewhere = new Set<string>()
  let newestEventMs: number | undefined
  const seen = seenSoFar()
  const fedRate = rate(clock)
  let gapsIn = revisionGaps()
  /** Whatever changes the progress does so alone. */
  const inTurn = keyedQueue()
  const report = (error: unknown, news: object): void => {
    logger?.error({ error, ...news }, 'A listener to read model changes threw')
  }
  const changeListeners = listeners<Change>(report)
  const switchListeners = listeners<string>((error, name) => report(error, { name }))
  const waiting = waiters(clock)
  let wake = new AbortController()

  const leases = holder === undefined ? undefined : leasesOf({ readStore: options.readStore, holder, clock })
  const elected = election({
    names,
    leases,
    clock,
    report: (name) => {
      const { caughtUp: isAtEnd, lagMs } = status().find((each) => each.name === name) ?? { caughtUp: false }
      return { caughtUp: isAtEnd, lagMs, eventsPerSecond: fedRate.perSecond() }
    },
  })
  /** Writes only what is still ours to write. */
  const readStore: ReadStore = {
    ...options.readStore,
    commit: (batch) => {
      const fences = [...(batch.fences ?? []), ...elected.fences()]
      return options.readStore.commit(fences.length === 0 ? batch : { ...batch, fences })
    },
  }
  const models = activeGenerations({ readStore: options.readStore, projections, clock })

  const settle = (next: readonly Copy[]): void => {
    copies = next
    const lowest = lowestPosition(next.filter(({ isActive }) => isActive))
    if (lowest !== undefined) waiting.reached(lowest)
  }
  const settleProgress = (progress: readonly Progress[]): void => {
    const byName = new Map(progress.map((each) => [each.name, each]))
    settle(copies.map((copy) => ({ ...copy, progress: byName.get(copy.progress.name) ?? copy.progress })))
  }

  /** Under the name the documents have for those who read them; what is not read is nobody's news. */
  const notify = (changes: readonly Change[]): void => {
    const read = new Map(
      copies
        .filter(({ isActive }) => isActive)
        .map(({ progress }) => [progress.projection.collection.name, logicalName(progress)]),
    )
    for (const change of changes) {
      const collection = read.get(change.collection)
      if (collection !== undefined) changeListeners.tell({ ...change, collection })
    }
  }

  const apply = async (batch: Batch): Promise<void> => {
    const fed = copies.filter(({ how }) => how === 'fed').map(({ progress }) => progress)
    const gaps = gapsIn(batch.events)
    for (const gap of gaps) logger?.error(gap, 'The log handed over a stream with a gap')
    const prepared = await prepareBatch(readStore, fed, batch, gaps)
    const { writes, checkpoints } = prepared
    if (writes.length > 0 || checkpoints.length > 0) await readStore.commit({ writes, checkpoints })
    for (const parked of prepared.parked) logger?.error(parked, 'A projection parked a key')
    newestEventMs = batch.events.at(-1)?.createdAtMs ?? newestEventMs
    seen.note(batch)
    fedRate.note(batch.events.length)
    caughtUp = batch.caughtUp
    settleProgress(prepared.progress)
    notify(prepared.changes)
  }

  const resume = async (): Promise<void> => {
    settle(
      holder === undefined
        ? await loadOnlyCopies(readStore, projections)
        : await loadCopies(readStore, projections, elected.stand),
    )
    gapsIn = revisionGaps()
    seen.startsAfter(lowestPosition(copies.filter(({ how }) => how === 'fed')))
  }

  const progressNamed = (name: string): Progress => {
    const found = copies.find(({ progress }) => progress.name === name)
    if (found === undefined) throw new Error(`No projection ${name} runs here`)
    return found.progress
  }

  const parkedKeys = replaying({
    store,
    readStore,
    signal,
    names: () => copies.filter(({ how }) => how === 'fed').map(({ progress }) => progress.name),
    nowMs: clock.nowMs,
    current: progressNamed,
    change: (name, work) =>
      inTurn('progress', async () => {
        const { next, changes, parked, isDone } = await work(progressNamed(name), seen.newestEvent())
        settleProgress([next])
        for (const entry of parked) logger?.error(entry, 'A projection parked a key')
        notify(changes)
        return isDone
      }),
    onRetaken: (name, keys) => {
      logger?.warn({ projection: name, keys }, 'A projection took parked keys up again')
    },
    warn: (facts, message) => logger?.warn(facts, message),
  })

  const activate = (name: string, generation: number): void => {
    if (copies.some((copy) => copy.isActive && isCopyOf(name, generation)(copy))) return
    models.lookAgain()
    settle(
      copies.map((copy) =>
        isCopyOf(name)(copy) ? { ...copy, isActive: generationIn(copy) === generation } : copy,
      ),
    )
    switchListeners.tell(name)
  }

  /** Does what is written down about the copies, until the signal ends it. */
  const tendCopies = async (life: AbortSignal, startAgain: (why: string) => void): Promise<void> => {
    const builds = hostedBuilds({
      store,
      readStore,
      clock,
      leases,
      signal: life,
      head: () => seen.position(),
      ...(logger === undefined ? {} : { logger }),
      join: (progress, batch, markLive) =>
        inTurn('progress', async () => {
          if (!seen.isCovered(progress, batch) || !(await markLive())) return false
          const position = Math.max(progress.position ?? -1, seen.position())
          const copy = copies.find((each) => each.progress.name === progress.name)
          const joined: Copy = {
            progress: position < 0 ? progress : { ...progress, position },
            isActive: copy?.isActive ?? false,
            how: 'fed',
          }
          settle([...copies.filter((each) => each !== copy), joined])
          return true
        }),
    })
    const late = copies.filter(({ how }) => how === 'late')
    // What is still folded by itself has its own idea of what is parked.
    void Promise.all(late.map(({ progress }) => builds.catchUp(progress.projection))).then(() => {
      if (!life.aborted && copies.some(({ how }) => how === 'fed')) parkedKeys.all()
    })
    while (!life.aborted) {
      wake = new AbortController()
      for (const projection of projections) {
        const name = checkpointName(projection)
        const isOurs = isCopyOf(name)
        if (copies.some((copy) => isOurs(copy) && copy.how === 'elsewhere')) continue
        await tend(
          {
            projection,
            fed: () => new Set(copies.filter(isOurs).map(generationIn)),
            activate: (generation) => activate(name, generation),
            forget: (generation) =>
              inTurn('progress', async () => {
                settle(copies.filter((copy) => !isCopyOf(name, generation)(copy)))
              }),
            building: () => builds.buildingOf(projection),
            build: (generation) => builds.build(projection, generation),
            stopBuilding: () => builds.stop(projection),
            startAgain: () => startAgain(`${name} has another copy to be fed`),
          },
          { readStore, nowMs: clock.nowMs, signal: life },
        ).catch((error: unknown) => {
          logger?.warn({ error, projection: name }, 'The copies of a projection could not be looked after')
        })
      }
      parkedKeys.asked()
      await clock.sleep(LOOK_EVERY_MS, AbortSignal.any([life, wake.signal]))
    }
    await builds.ended()
  }

  /** From here to the first failure, or until what is ours to feed is something else. */
  const host = async (life: AbortSignal, startAgain: (why: string) => void): Promise<void> => {
    await inTurn('progress', resume)
    const tasks: Promise<void>[] = [elected.hold(life, startAgain)]
    if (holder !== undefined) tasks.push(tendCopies(life, startAgain))
    const elsewhere = copies.filter(({ how }) => how === 'elsewhere')
    if (elsewhere.length > 0)
      tasks.push(
        follow({
          store,
          readStore: models.readStore,
          projections: projections.filter((projection) =>
            elsewhere.some(isCopyOf(checkpointName(projection))),
          ),
          clock,
          signal: life,
          onReached: (name, position, isThere) => {
            if (isThere) caughtUpElsewhere.add(name)
            else caughtUpElsewhere.delete(name)
            settle(
              copies.map((copy) =>
                isCopyOf(name)(copy) ? { ...copy, progress: { ...copy.progress, position } } : copy,
              ),
            )
          },
          onChange: (changes) => {
            changes.forEach(changeListeners.tell)
          },
        }).catch((error: unknown) => startAgain(String(error))),
      )
    try {
      const fed = copies.filter(({ how }) => how === 'fed')
      if (fed.length === 0) {
        await Promise.all(tasks)
        return
      }
      if (holder === undefined) parkedKeys.all()
      const batches = gathered(store, {
        name: 'projections',
        prefixes: SHOP_STREAM_PREFIXES,
        after: lowestPosition(fed) ?? 'start',
        signal: life,
        onStatus: (status) => {
          if (!status.connected) caughtUp = false
        },
      })
      for await (const batch of batches) {
        await inTurn('progress', () => apply(batch))
        backoffMs = FIRST_BACKOFF_MS
      }
    } finally {
      startAgain('')
      await Promise.all(tasks)
    }
  }

  let backoffMs = FIRST_BACKOFF_MS
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const life = new AbortController()
      let reason: string | undefined
      try {
        await host(AbortSignal.any([signal, life.signal]), (why) => {
          if (!life.signal.aborted) reason = why
          life.abort()
        })
        if (reason !== undefined && reason !== '') logger?.warn({ reason }, 'The projections start again')
      } catch (error) {
        logger?.warn({ error, backoffMs }, 'The projections stopped and start again')
      } finally {
        life.abort()
      }
      caughtUp = false
      if (signal.aborted) break
      await clock.sleep(backoffMs, signal)
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)
    }
    waiting.giveUp()
    await parkedKeys.ended()
    await elected.resign()
  }

  const status = (): readonly ProjectionStatus[] =>
    copies
      .filter(({ isActive }) => isActive)
      .map((copy) => {
        const name = logicalName(copy.progress)
        const isElsewhere = copy.how === 'elsewhere'
        const isAtEnd = isElsewhere ? caughtUpElsewhere.has(name) : copy.how === 'fed' && caughtUp
        return {
          name,
          position: copy.progress.position,
          caughtUp: isAtEnd,
          ...(isAtEnd ? { lagMs: 0 } : copy.how === 'fed' ? lag() : {}),
          parked: [...copy.progress.parked.values()],
          isElsewhere,
        }
      })
      .toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name))

  const lag = (): { lagMs?: number } =>
    newestEventMs === undefined ? {} : { lagMs: Math.max(0, clock.nowMs() - newestEventMs) }

  return {
    status,
    waitFor: waiting.wait,
    onChange: changeListeners.add,
    onSwitch: switchListeners.add,
    lookAgain: () => {
      models.lookAgain()
      wake.abort()
    },
    stopped: run(),
  }
}
