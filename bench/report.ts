import { APPENDS_PER_ORDER } from './appends-per-order.ts'
import type { Summary } from './measure.ts'
import type { RunnerOverhead } from './runner-overhead.ts'
import type { StartWithStoredOrders } from './stored-orders.ts'
import type { Percentiles, WholeShop } from './whole-shop.ts'

export interface Results {
  readonly measuredOn: string
  readonly environment: Readonly<Record<string, string | number>>
  readonly runner: readonly RunnerOverhead[]
  readonly shop: WholeShop
  readonly stored: StartWithStoredOrders
}

const whole = (value: number): string => Math.round(value).toLocaleString('en')
const spread = ({ median, min, max }: Summary): string => `${whole(median)} (${whole(min)}–${whole(max)})`
const ratio = ({ median, min, max }: Summary): string =>
  `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`
const times = ({ p50Ms, p95Ms, p99Ms, samples }: Percentiles): string =>
  `${whole(p50Ms)} | ${whole(p95Ms)} | ${whole(p99Ms)} | ${samples}`

/** The measured part of docs/performance.md: medians, with the range of the rounds in brackets. */
export const report = (results: Results): string => {
  const { environment, runner, shop, stored } = results
  const busiest = runner.at(-1)
  const appends = busiest?.plainAppendsPerSecond.median ?? Number.NaN
  const { ofTheOrder, ofItsMails } = APPENDS_PER_ORDER
  const r2 = (shop.completeOrdersPerSecond * (ofTheOrder + ofItsMails)) / appends
  return `Measured on ${results.measuredOn}: ${Object.entries(environment)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')}.

### R1: what the command runner costs

| Writers | Commands/s | Plain appends/s | Batch-stream appends/s | Commands ÷ plain appends |
|---|---|---|---|---|
${runner
  .map(
    (row) =>
      `| ${row.writers} | ${spread(row.commandsPerSecond)} | ${spread(row.plainAppendsPerSecond)} | ${spread(row.batchAppendsPerSecond)} | ${ratio(row.ratio)} |`,
  )
  .join('\n')}

### R2: complete orders

${shop.completeOrdersPerSecond.toFixed(1)} orders/s from the HTTP request to PAID, paid at the simulator by webhook, × ${ofTheOrder + ofItsMails} appends, ${ofItsMails} of them
for its mails, ÷ ${whole(appends)} plain appends/s = **${r2.toFixed(2)}**. Shop, event store, simulator and the buyers share the machine.

### What a buyer, the provider and an operator feel

| | p50 ms | p95 ms | p99 ms | samples |
|---|---|---|---|---|
| \`POST /api/orders\` at 50/s | ${times(shop.placing)} |
| R7: provider's success → PAID frame on the socket, by webhook | ${times(shop.paidByWebhook)} |
| R7: the same with the webhook lost | ${times(shop.paidWithoutWebhook)} |
| R8: webhook answered, at 50/s | ${times(shop.webhook)} |

| | |
|---|---|
| Start to ready, empty store, catalogue loaded | ${whole(shop.startedInMs)} ms |
| Start to ready, ${whole(stored.orders)} orders stored | ${whole(stored.restartMs)} ms |
| The same with every read model to be built first | ${whole(stored.rebuildMs)} ms |
| Memory of the whole tree at rest | ${shop.atRestMb} MB |
| Memory under load, one reading after each figure | ${shop.underLoadMb.join(', ')} MB |
`
}
