import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { format, resolveConfig } from 'prettier'
import { report } from './report.ts'
import { runnerOverhead } from './runner-overhead.ts'
import { startWithStoredOrders } from './stored-orders.ts'
import { wholeShop } from './whole-shop.ts'

const BEGIN = '<!-- measured: begin -->'
const END = '<!-- measured: end -->'
const page = new URL('../docs/performance.md', import.meta.url)
const raw = new URL('./results/latest.json', import.meta.url)

console.log('R1: commands against appends …')
const runner = await runnerOverhead()
console.log('The whole shop: placing, paying, webhooks, complete orders, memory …')
const shop = await wholeShop()
console.log('Start with 20,000 stored orders …')
const stored = await startWithStoredOrders(20_000)

const results = {
  measuredOn: new Date().toISOString().slice(0, 10),
  environment: {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  },
  runner,
  shop,
  stored,
}
mkdirSync(new URL('.', raw), { recursive: true })
writeFileSync(raw, `${JSON.stringify(results, null, 2)}\n`)
const text = readFileSync(page, 'utf8')
const measured = report(results)
const filled = `${text.slice(0, text.indexOf(BEGIN) + BEGIN.length)}\n\n${measured}\n${text.slice(text.indexOf(END))}`
const style = await resolveConfig(page)
writeFileSync(page, await format(filled, { ...style, parser: 'markdown' }))
console.log(measured)
