import { stringify } from 'csv-stringify/sync'
import { OPTIONAL_COLUMNS, REQUIRED_COLUMNS, type Cells } from './product-row.ts'

const COLUMNS = [...REQUIRED_COLUMNS, ...OPTIONAL_COLUMNS]

const ROWS: readonly Cells[] = [
  {
    productId: 'example-sencha-80g',
    title: '見本の煎茶 80g',
    description: 'まろやかな甘みの煎茶です。\n70℃のお湯で、1分ほど待ってお召し上がりください。',
    price: '1296',
    status: 'ACTIVE',
    createdAt: '2026-11-20T10:00:00+09:00',
    category: 'tea-and-coffee',
    taxRatePercent: '8',
    titleEn: 'Sample Sencha, 80 g',
    titleZh: '样品煎茶 80克',
    descriptionEn: 'A mellow, "everyday" green tea.',
    descriptionZh: '口感柔和的煎茶。',
  },
  {
    productId: 'example-bowl-12cm',
    title: '見本の飯碗 12cm',
    description: '毎日の食卓に合う、軽くて丈夫な飯碗です。',
    price: '2420',
    status: 'INACTIVE',
    createdAt: '2026-11-20',
    category: 'table',
    taxRatePercent: '10',
  },
]

/** A list that can be imported as it is; it begins with a byte order mark, by which Excel knows UTF-8. */
export const exampleCsv = (): string => stringify([...ROWS], { columns: COLUMNS, header: true, bom: true })
