import type { Environment } from '../environment.ts'
import type { Summary } from '../measure.ts'
import type { BesideShop, Lag } from './beside-shop.ts'
import type { CostExponent } from './cost-exponent.ts'
import type { Killed } from './killed.ts'
import type { LiveProcessing } from './live-processing.ts'
import type { ProjectorMemory } from './memory.ts'
import type { Queries } from './queries.ts'
import type { SpeedAtScale } from './speed.ts'

export interface RebuildResults {
  readonly measuredOn: string
  readonly environment: Environment
  readonly tookSeconds: number
  readonly speed: readonly SpeedAtScale[]
  readonly exponents: readonly CostExponent[]
  /** What was not asked for is not there. */
  readonly memory?: ProjectorMemory
  readonly queries?: Queries
  readonly beside?: BesideShop
  readonly live?: LiveProcessing
  readonly kills?: Killed
}

const whole = (value: number): string => Math.round(value).toLocaleString('en')
const ms = (value: number): string => (value < 10 ? value.toFixed(1) : whole(value))
const ratio = ({ median, min, max }: Summary): string =>
  `**${median.toFixed(2)}** (${min.toFixed(2)}–${max.toFixed(2)})`
const perSecond = ({ median, min, max }: Summary): string => `${whole(median)} (${whole(min)}–${whole(max)})`
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const speedPart = ({ speed }: RebuildResults): readonly string[] =>
  speed.length === 0
    ? []
    : [
        '### R3: rebuilding, against reading the log and doing nothing with it',
        ...speed.map(
          ({ eventsInLog, rawEventsPerSecond, rebuilds }) =>
            `${whole(eventsInLog)} events; reading alone ${perSecond(rawEventsPerSecond)} events/s.\n\n${table(
              [
                'Projection',
                'Events folded',
                'Documents',
                'Events/s',
                'R3',
                'Seconds',
                'of them for indexes',
                'computing',
              ],
              rebuilds.map((each) => [
                `\`${each.projection}\``,
                whole(each.events),
                whole(each.documents),
                perSecond(each.eventsPerSecond),
                ratio(each.ratio),
                each.seconds.median.toFixed(1),
                each.indexingSeconds.median.toFixed(1),
                each.cpuSeconds.median.toFixed(1),
              ]),
            )}`,
        ),
      ]

const exponentPart = ({ speed, exponents }: RebuildResults): readonly string[] =>
  speed.length < 2
    ? []
    : [
        '### R4: how the cost grows with the log; 1 is in proportion',
        table(
          [
            'Projection',
            ...speed
              .slice(1)
              .map(
                ({ eventsInLog }, index) =>
                  `${whole(speed[index]?.eventsInLog ?? 0)} → ${whole(eventsInLog)}`,
              ),
            'Over all',
            'Over all, computing',
          ],
          exponents.map(({ projection, steps, overall, cpuOverall }) => [
            `\`${projection}\``,
            ...steps.map((step) => step.toFixed(2)),
            `**${overall.toFixed(2)}**`,
            cpuOverall.toFixed(2),
          ]),
        ),
      ]

const livePart = ({ live }: RebuildResults): readonly string[] =>
  live === undefined
    ? []
    : [
        '### R5: what the shop gets through while a copy is built',
        `${live.writers} writers, each of which appends an order and waits until it reads it back, by themselves and while another process rebuilds \`${live.projection}\`; ${live.rounds} rounds in turn.`,
        table(
          ['Events/s alone', 'while rebuilding', 'R5'],
          [[perSecond(live.alone), perSecond(live.whileRebuilding), ratio(live.ratio)]],
        ),
      ]

const lagCells = ({ orders, ordersPerSecond, p50Ms, p99Ms, maxMs }: Lag): readonly string[] => [
  whole(orders),
  ordersPerSecond.toFixed(1),
  whole(p50Ms),
  whole(p99Ms),
  whole(maxMs),
]

const besidePart = ({ beside }: RebuildResults): readonly string[] =>
  beside === undefined
    ? []
    : [
        `### Beside a shop that takes ${beside.ordersPerSecond} orders a second`,
        `Every projection rebuilt from ${whole(beside.eventsInLog)} events and switched, one after another. Lag is from an order that is due to its document read back from the copy that is read. ${whole(beside.ordersPlaced)} orders, ${beside.failedReads} failed reads, ${beside.lostUpdates} lost updates; every copy was then compared with the log. The host held ${beside.residentMb[0]} MB before and ${beside.residentMb[1]} MB after.`,
        table(
          [
            'While',
            'Orders',
            'per second',
            'Lag p50 ms',
            'p99 ms',
            'most ms',
            'Rebuilt and switched in',
            'Memory of the rebuild',
          ],
          [
            ['nothing else', ...lagCells(beside.alone), '', ''],
            ...Object.entries(beside.whileRebuilding).map(([name, lag]) => [
              `\`${name}\` is rebuilt`,
              ...lagCells(lag),
              `${lag.rebuildSeconds} s`,
              `${lag.peakMb} MB`,
            ]),
          ],
        ),
      ]

const memoryPart = ({ memory }: RebuildResults): readonly string[] =>
  memory === undefined
    ? []
    : [
        '### R10: memory of the process that folds everything',
        table(
          ['Orders folded', ...memory.readings.map(({ orders }) => whole(orders))],
          [
            ['RSS, MB', ...memory.readings.map(({ rssMb }) => whole(rssMb))],
            ['Heap after a collection, MB', ...memory.readings.map(({ heapMb }) => heapMb.toFixed(1))],
          ],
        ),
        `All read models from nothing in ${whole(memory.seconds)} s. Per 100,000 orders the RSS grows by **${whole(memory.rssMbPer100kOrders)} MB**, loading and warming up included; from the first quarter on by ${whole(memory.rssMbPer100kOrdersLater)} MB, and the heap by ${memory.heapMbPer100kOrdersLater.toFixed(1)} MB.`,
      ]

const queryPart = ({ queries }: RebuildResults): readonly string[] =>
  queries === undefined
    ? []
    : [
        `### R12: asking among ${whole(queries.orders)} orders`,
        table(
          ['Asked for', 'p50 ms', 'p95 ms', 'p99 ms', 'samples'],
          queries.times.map(({ what, p50Ms, p95Ms, p99Ms, samples }) => [
            what,
            ms(p50Ms),
            ms(p95Ms),
            ms(p99Ms),
            whole(samples),
          ]),
        ),
      ]

const killPart = ({ kills }: RebuildResults): readonly string[] =>
  kills === undefined
    ? []
    : [
        `### Killed ${kills.kills} times`,
        `\`projections rebuild event-log\` of ${whole(kills.events)} events ended by SIGKILL ${kills.kills} times, ${kills.killedUnderWay} of them after it had committed something new, ${kills.killedIndexing} while it made indexes, and taken up again. Meanwhile it came to its end ${kills.rebuilds} times; each time the hash of its ${whole(kills.documents)} documents was that of an undisturbed fold, and all of its indexes were there.`,
      ]

/** The measured part about read models in docs/performance.md. */
export const rebuildReport = (results: RebuildResults): string =>
  [
    `Measured on ${results.measuredOn} in ${whole(results.tookSeconds)} s: ${Object.entries(
      results.environment,
    )
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}.`,
    ...speedPart(results),
    ...exponentPart(results),
    ...livePart(results),
    ...besidePart(results),
    ...memoryPart(results),
    ...queryPart(results),
    ...killPart(results),
  ].join('\n\n')
