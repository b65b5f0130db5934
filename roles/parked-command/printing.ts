import { randomUUID } from 'node:crypto'
import type { ParkedView } from '#api/parked/parked-view.ts'
import { parkedViews } from '#api/parked/parked-view.ts'
import { needsRebuild, parkedWork, type ParkedPlace, type ParkedWork } from '#api/parked/parked-work.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { commandRunner } from '#platform/commands/runner.ts'
import { activeGenerations } from '#projections/rebuild/active-generations.ts'
import { openWorkbench } from '../projections-command/workbench.ts'

interface Bench {
  readonly work: ParkedWork
  readonly viewOf: ReturnType<typeof parkedViews>
}

const working = async (
  environment: NodeJS.ProcessEnv,
  work: (bench: Bench) => Promise<0 | 1>,
): Promise<0 | 1> => {
  const { readStore, projections, log, close } = await openWorkbench(environment)
  try {
    const clock = systemClock
    const models = activeGenerations({ readStore, projections, clock })
    await models.readStore.prepare(projections.map(({ collection }) => collection))
    const eventStore = await log()
    const commands = commandRunner({ store: eventStore, clock, random: Math.random })
    const stores = { eventStore, readStore: models.readStore }
    return await work({ work: parkedWork({ ...stores, commands, clock }), viewOf: parkedViews(stores) })
  } finally {
    await close()
  }
}

const PAGE = 100
/** A person reads no more than this; `GET /api/ops/parked` goes on. */
const MOST_LISTED = 1_000

/** `parked list`: what was set aside, the longest first, beside a shop that runs or a log at rest. */
export const printParked = (
  json: boolean,
  environment: NodeJS.ProcessEnv,
  print: (line: string) => void = console.log,
): Promise<0 | 1> =>
  working(environment, async ({ work, viewOf }) => {
    let listed = 0
    let after: ParkedPlace | undefined
    do {
      const { items, next } = await work.page(after, PAGE)
      for (const item of items) {
        const view = await viewOf(item)
        print(json ? JSON.stringify(view) : inLine(view))
      }
      listed += items.length
      after = next
    } while (after !== undefined && listed < MOST_LISTED)
    if (!json && listed === 0) print('Nothing is parked')
    if (after !== undefined) process.stderr.write(`There are more than ${listed}\n`)
    return 0
  })

/** How the log names whoever is at the machine itself. */
const ACTOR = 'system:command'

/** `parked replay ID`: asks for it and does not wait; 1 where there is nothing to replay, or a replay cannot help. */
export const printReplay = (
  id: string,
  environment: NodeJS.ProcessEnv,
  print: (line: string) => void = console.log,
): Promise<0 | 1> =>
  working(environment, async ({ work }) => {
    const found = await work.byId(id)
    if (found === undefined) {
      print('Nothing is parked under this id: `parked list` has what is')
      return 1
    }
    if (needsRebuild(found)) {
      const name = found.name.slice(0, found.name.indexOf('@'))
      print(`A replay cannot mend this: \`projections rebuild ${name} --switch\` does`)
      return 1
    }
    const commandId = randomUUID()
    const context = { commandId, correlationId: found.key, causationId: commandId, actor: ACTOR }
    const answer = await work.replay(found, ACTOR, context)
    print(SAID[answer])
    return answer === 'not-parked' ? 1 : 0
  })

const SAID = {
  asked: 'Asked for: `parked list` shows what comes of it once whoever parked it runs',
  standing: 'Asked for already, and not done yet',
  'not-parked': 'It was released meanwhile',
} as const

/** One line of `parked list`. */
const inLine = ({ id, name, key, waiting, first, error, since, askedAt, triedAt }: ParkedView): string =>
  [
    since ?? 'unknown since when',
    name.padEnd(22),
    key,
    first.kind === 'alarm' ? `alarm ${first.name}` : `${first.type ?? '?'} ${first.stream}@${first.revision}`,
    ...(waiting === undefined ? [] : [`${waiting} waiting`]),
    ...(triedAt === undefined ? [] : [`tried ${triedAt}`]),
    ...(askedAt === undefined ? [] : [`asked ${askedAt}`]),
    // A terminal takes control characters for commands.
    JSON.stringify(error),
    id,
  ].join('  ')
