import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '#platform/clock/clock.ts'
import { openSqliteReadStore } from '#platform/readstore/sqlite.ts'
import { eachOnce, type EachOnce } from '#projections/event-log/each-once.ts'
import { checkpointName, generationOf } from '#projections/projection.ts'
import { generationsOf } from '#projections/rebuild/generations.ts'
import { listProjections } from '#projections/rebuild/listing.ts'
import type { RebuildAnswer } from '#projections/rebuild/operations.ts'
import { pace } from '#projections/rebuild/pace.ts'
import { DROPPED_FOR_MS, sweep } from '#projections/rebuild/sweeping.ts'
import { verify } from '#projections/rebuild/verify.ts'
import { progressLine } from './progress-line.ts'
import { rebuild } from './rebuild.ts'
import { inWords, table } from './wording.ts'
import { openWorkbench, projectionNamed, type Workbench } from './workbench.ts'

/** 0: done. 1: refused, different, or cancelled. 130: interrupted. */
export type ExitCode = 0 | 1 | 130

const working = async (
  environment: NodeJS.ProcessEnv,
  work: (workbench: Workbench) => Promise<ExitCode>,
): Promise<ExitCode> => {
  const workbench = await openWorkbench(environment)
  try {
    return await work(workbench)
  } finally {
    await workbench.close()
  }
}

const interrupted = (): AbortSignal => {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
  return stopping.signal
}

/** `projections list`. */
export const printList = (json: boolean, environment: NodeJS.ProcessEnv): Promise<ExitCode> =>
  working(environment, async ({ readStore, projections, holder }) => {
    const listed = await listProjections(readStore, projections, holder)
    console.log(json ? JSON.stringify(listed) : table(listed, systemClock.nowMs()).join('\n'))
    return 0
  })

/** `projections rebuild NAME`: an interrupt pauses it. */
export const printRebuild = (
  name: string,
  thenSwitch: boolean,
  environment: NodeJS.ProcessEnv,
): Promise<ExitCode> =>
  working(environment, async (workbench) => {
    const projection = projectionNamed(workbench.projections, name)
    const { result, generation } = await rebuild(workbench, projection, interrupted())
    const copy = `${checkpointName(projection)}#${generation}`
    if (result === 'paused') {
      console.log(`${copy} is paused: the same command goes on, \`projections cancel ${name}\` gives it up`)
      return 130
    }
    if (result === 'cancelled') {
      console.log(`${copy} was given up`)
      return 1
    }
    if (!thenSwitch) {
      console.log(`${copy} is ready: \`projections switch ${name}\` makes it the one that is read`)
      return 0
    }
    return said(name, await workbench.operations.switchOver(name))
  })

const said = (name: string, answer: RebuildAnswer): ExitCode => {
  console.log(inWords(name, answer))
  return answer.kind === 'refused' ? 1 : 0
}

/** `projections switch`, `rollback`, `cancel` and `drop`. */
export const printOperation = (
  operation: 'switchOver' | 'rollBack' | 'cancel' | 'drop',
  name: string,
  environment: NodeJS.ProcessEnv,
): Promise<ExitCode> =>
  working(environment, async ({ projections, operations, readStore }) => {
    const projection = projectionNamed(projections, name)
    const answer = await operations[operation](name)
    if (answer.kind === 'done' && answer.generations.dropped.length > 0) {
      // Where nobody hosts the projections, nobody else deletes it.
      await systemClock.sleep(DROPPED_FOR_MS)
      const left = await generationsOf(readStore, checkpointName(projection))
      await sweep(readStore, projection, left, systemClock.nowMs(), interrupted())
    }
    return said(name, answer)
  })

/** `projections verify NAME`. */
export const printVerify = (
  name: string,
  isNew: boolean,
  environment: NodeJS.ProcessEnv,
): Promise<ExitCode> =>
  working(environment, async ({ projections, readStore, log }) => {
    const projection = projectionNamed(projections, name)
    const { active, building } = await generationsOf(readStore, checkpointName(projection))
    const generation = isNew ? building?.generation : active
    if (generation === undefined) return said(name, { kind: 'refused', refusal: 'nothing-building' })
    const copy = generationOf(projection, generation)
    const folder = await mkdtemp(join(tmpdir(), 'kessai-verify-'))
    const scratch = openSqliteReadStore(join(folder, 'fresh.db'))
    const signal = interrupted()
    const progress = progressLine(`${name}: folding anew`)
    const head = await readStore.checkpoint(checkpointName(copy))
    const measured = pace(systemClock, () => head)
    try {
      const store = await log()
      const verdict = await verify({
        store,
        readStore,
        scratch,
        projection: copy,
        clock: systemClock,
        signal,
        onProgress: (made) => progress.show(measured(made)),
      })
      progress.end()
      const { documents, storedHash, freshHash, differing, first } = verdict
      const counted = await eachOnce({ store, readStore, projection: copy, signal })
      if (counted !== undefined) console.log(`${name}: ${countedInWords(counted)}`)
      if (differing === 0) {
        console.log(`${name}: ${documents} documents are what the log comes to, hash ${storedHash}`)
        return counted === undefined || counted.isExact ? 0 : 1
      }
      console.log(
        `${name}: ${differing} of ${documents} documents differ\nstored ${storedHash}\nfresh  ${freshHash}`,
      )
      if (first !== undefined) {
        const { id, path, stored, fresh } = first
        console.log(
          `first: ${id}${path === '' ? '' : `, ${path}`}: stored ${shown(stored)}, fresh ${shown(fresh)}`,
        )
      }
      return 1
    } catch (error) {
      if (!signal.aborted) throw error
      return 130
    } finally {
      progress.end()
      await scratch.close()
      await rm(folder, { recursive: true, force: true })
    }
  })

const countedInWords = ({ inLog, held, isExact }: EachOnce): string =>
  isExact
    ? `each of ${inLog} events of the log is in it exactly once`
    : `NOT each event of the log is in it exactly once: ${inLog} are in the log, ${held} in the documents`

const LONGEST_SHOWN = 200

const shown = (value: unknown): string =>
  value === undefined ? 'nothing' : JSON.stringify(value).slice(0, LONGEST_SHOWN)
