import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { format, resolveConfig } from 'prettier'
import type { Locale } from '#domain/order/events.ts'
import type { SearchRequest } from '#projections/product-search/port.ts'
import { productIndex } from '#projections/product-search/product-index.ts'
import { withMarkedPart } from './eventstore/marked-part.ts'
import { assert, percentile } from './measure.ts'
import { articleNumber, generatedGoods } from './search/goods.ts'
import { searchReport, type SearchResults, type SearchTimes } from './search/report.ts'

const PRODUCTS = 100_000
const ROUNDS = 5
const PAGE = 24

const page = new URL('../docs/performance.md', import.meta.url)
const raw = new URL('./results/search.json', import.meta.url)

const QUERIES: Readonly<Record<Locale, readonly string[]>> = {
  ja: [
    '急須',
    '鉄の急須',
    '常滑の急須 藍',
    'マグカップ',
    'ステンレスのフライパン',
    '贈り物',
    '今治のタオル 白',
    'こっぷ',
    '茶筒',
    '有田の飯碗',
  ],
  en: [
    'teapot',
    'iron kettle',
    'tokoname teapto',
    'lacquered soup bowl',
    'linen apron',
    'frying pans',
    'cotton towl',
    'brass pen tray',
    'oak wall clock',
    'present',
  ],
  zh: [
    '茶壶',
    '铁制茶壶',
    '不锈钢煎锅',
    '亚麻围裙',
    '今治 毛巾 白色',
    '钢笔',
    '日常餐桌',
    '竹制篮子',
    '保温杯',
    '便当盒',
  ],
}
const TYPED: Readonly<Record<Locale, readonly string[]>> = {
  ja: ['急須', '鉄の', 'マグ', 'フライ', '有田', 'タオ', '常滑の急', '風'],
  en: ['te', 'tea', 'teap', 'iron ke', 'lin', 'co', 'frying p', 'towl'],
  zh: ['茶壶', '铁制', '不锈', '毛巾', '今治毛', '钢笔', '便当', '围'],
}
const LOCALES = ['ja', 'en', 'zh'] as const

const collected = (): NodeJS.MemoryUsage => {
  assert(globalThis.gc !== undefined, 'run with --expose-gc, or the heap cannot be told')
  globalThis.gc()
  return process.memoryUsage()
}

const timed = (work: () => void): number => {
  const begin = performance.now()
  work()
  return performance.now() - begin
}

const loadBefore = loadavg()[0] ?? Number.NaN
const heapBefore = collected().heapUsed
const index = productIndex()
console.log(`${PRODUCTS} products are indexed …`)
let indexMs = 0
const cpuBefore = process.cpuUsage()
/** What must be found, counted while the texts are there. */
const counted = { kettles: 0, cheapKettles: 0, kettlesLeft: 0, left: 0 }
for (const product of generatedGoods(PRODUCTS)) {
  indexMs += timed(() => {
    index.put(product)
  })
  const isLeft = product.stock.available > 0
  if (isLeft) counted.left += 1
  if (!product.title.ja.includes('ケトル')) continue
  counted.kettles += 1
  if (product.price.amountMinor <= 3_000) counted.cheapKettles += 1
  if (isLeft) counted.kettlesLeft += 1
}
const cpu = process.cpuUsage(cpuBefore)
const memory = collected()

const ask = (q: string, locale: Locale, more: Partial<SearchRequest> = {}) =>
  index.search(q, { sort: 'relevance', page: 1, size: PAGE, locale, ...more })

for (const nth of [0, 1, 12_345, PRODUCTS - 1])
  for (const q of [articleNumber(nth), articleNumber(nth).toLowerCase()]) {
    const { items, total } = ask(q, 'en')
    assert(items[0] === `goods-${nth}` && total === 1, `${q} found ${items.join(', ')} of ${total}`)
  }
const kettles = ask('ケトル', 'ja')
assert(kettles.total === counted.kettles, `${kettles.total} kettles are found of ${counted.kettles}`)
assert(kettles.facets.inStock === counted.kettlesLeft, 'the facet counts other kettles in stock')
assert(
  ask('ケトル', 'ja', { maxPrice: 3_000 }).total === counted.cheapKettles,
  'other cheap kettles are found',
)
assert(ask('', 'ja', { inStock: true }).total === counted.left, 'other goods are in stock')
assert(ask('kettl', 'en').total >= counted.kettles, 'an unfinished word finds too little')
assert(ask('tokoname teapto', 'en').didYouMean === 'tokoname teapot', 'a slip is not corrected')

const figures = (what: string, calls: readonly (() => unknown)[]): SearchTimes => {
  for (const call of calls) call()
  const walls: number[] = []
  const cpus: number[] = []
  for (let round = 0; round < ROUNDS; round += 1)
    for (const call of calls) {
      const before = process.cpuUsage()
      walls.push(timed(call))
      const { user, system } = process.cpuUsage(before)
      cpus.push((user + system) / 1_000)
    }
  const [wall, cpu] = [walls, cpus].map((values) => values.toSorted((a, b) => a - b))
  const at = (sorted: readonly number[] | undefined, p: number): number => percentile(sorted ?? [], p)
  return {
    what,
    samples: walls.length,
    p50Ms: at(wall, 50),
    p95Ms: at(wall, 95),
    p99Ms: at(wall, 99),
    cpuP50Ms: at(cpu, 50),
    cpuP95Ms: at(cpu, 95),
  }
}
const each = (call: (q: string, locale: Locale) => unknown, of = QUERIES): (() => unknown)[] =>
  LOCALES.flatMap((locale) => of[locale].map((q) => () => call(q, locale)))

const times = [
  ...LOCALES.map((locale) =>
    figures(
      `Search, ${locale}`,
      QUERIES[locale].map((q) => () => ask(q, locale)),
    ),
  ),
  figures(
    'Search, all',
    each((q, locale) => ask(q, locale)),
  ),
  figures(
    'Search, by category, price and stock, cheapest first',
    each((q, locale) =>
      ask(q, locale, {
        category: 'table',
        minPrice: 1_000,
        maxPrice: 10_000,
        inStock: true,
        sort: 'price-asc',
      }),
    ),
  ),
  figures(
    'Suggestions',
    each((q, locale) => index.suggest(q, 8, locale), TYPED),
  ),
  figures(
    'Everything on sale, by category and stock',
    LOCALES.flatMap((locale) => [
      () => ask('', locale, { sort: 'newest', inStock: true }),
      () => ask('', locale, { sort: 'price-asc', category: 'kitchen', page: 9 }),
    ]),
  ),
]

const again = [...generatedGoods(1_000)]
const perOne = (work: () => void): number => timed(work) / again.length
const saleMs = perOne(() => {
  for (const product of again) index.put({ ...product, stock: { ...product.stock, available: 0 } })
})
const changedTextMs = perOne(() => {
  for (const product of again) index.put({ ...product, title: { ...product.title, en: 'Renamed' } })
})
assert(ask('renamed', 'en').total === again.length, 'a changed text is not found')
assert(ask('', 'ja').total === PRODUCTS, 'a change lost or doubled a product')

const results: SearchResults = {
  measuredOn: new Date().toISOString().slice(0, 10),
  environment: {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    loadBefore: Number(loadBefore.toFixed(1)),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  },
  products: PRODUCTS,
  terms: index.size().terms,
  indexMs,
  indexCpuMs: (cpu.user + cpu.system) / 1_000,
  heapMb: (memory.heapUsed - heapBefore) / 1e6,
  rssMb: memory.rss / 1e6,
  saleMs,
  changedTextMs,
  times,
}
mkdirSync(new URL('.', raw), { recursive: true })
writeFileSync(raw, `${JSON.stringify(results, null, 2)}\n`)
const text = withMarkedPart(readFileSync(page, 'utf8'), 'search', searchReport(results))
assert(text !== undefined, 'docs/performance.md has lost its marks for search')
const style = await resolveConfig(page)
writeFileSync(page, await format(text, { ...style, parser: 'markdown' }))
console.log(searchReport(results))
