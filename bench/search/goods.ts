import type { ListedProduct } from '#projections/products/document.ts'
import type { Locale } from '#domain/order/events.ts'

type Word = Readonly<Record<Locale, string>>

const words = (list: string): readonly Word[] =>
  list.split(',').map((entry) => {
    const [ja = '', en = '', zh = ''] = entry.trim().split('/')
    return { ja, en, zh }
  })

const PLACES = words(
  '燕/Tsubame/燕市,常滑/Tokoname/常滑,有田/Arita/有田,波佐見/Hasami/波佐见,信楽/Shigaraki/信乐,備前/Bizen/备前,益子/Mashiko/益子,' +
    '今治/Imabari/今治,播州/Banshu/播州,近江/Omi/近江,越前/Echizen/越前,飛騨/Hida/飞驒,木曽/Kiso/木曾,別府/Beppu/别府,南部/Nambu/南部,' +
    '会津/Aizu/会津,輪島/Wajima/轮岛,高岡/Takaoka/高冈,京都/Kyoto/京都,小樽/Otaru/小樽,旭川/Asahikawa/旭川,丹波/Tamba/丹波,' +
    '美濃/Mino/美浓,宇治/Uji/宇治,八女/Yame/八女,嬉野/Ureshino/嬉野,岐阜/Gifu/岐阜,熊野/Kumano/熊野,久留米/Kurume/久留米,泉州/Senshu/泉州',
)
const MATERIALS = words(
  '鉄の/Iron/铁制,ステンレスの/Stainless Steel/不锈钢,銅の/Copper/铜制,真鍮の/Brass/黄铜,檜の/Hinoki/桧木,竹の/Bamboo/竹制,' +
    '陶器の/Stoneware/陶制,磁器の/Porcelain/瓷,ガラスの/Glass/玻璃,漆の/Lacquered/漆器,麻の/Linen/亚麻,綿の/Cotton/纯棉,' +
    '絹の/Silk/丝绸,和紙の/Washi Paper/和纸,革の/Leather/皮革,錫の/Tin/锡制,楢の/Oak/橡木,栗の/Chestnut/栗木,琺瑯の/Enamelled/搪瓷,羊毛の/Wool/羊毛',
)
const THINGS = words(
  '急須/Teapot/茶壶,湯呑み/Teacup/茶杯,マグカップ/Mug/马克杯,飯碗/Rice Bowl/饭碗,汁椀/Soup Bowl/汤碗,中皿/Plate/餐盘,箸/Chopsticks/筷子,' +
    '包丁/Kitchen Knife/菜刀,まな板/Cutting Board/砧板,土鍋/Clay Pot/土锅,フライパン/Frying Pan/煎锅,ケトル/Kettle/水壶,ざる/Strainer/沥水箩,' +
    'すり鉢/Mortar/研磨钵,お盆/Tray/托盘,花瓶/Vase/花瓶,風鈴/Wind Chime/风铃,掛け時計/Wall Clock/挂钟,卓上ランプ/Table Lamp/台灯,' +
    'タオル/Towel/毛巾,手ぬぐい/Tenugui/手拭巾,エプロン/Apron/围裙,クッションカバー/Cushion Cover/靠垫套,ストール/Stole/围巾,' +
    '風呂敷/Furoshiki/包袱巾,ノート/Notebook/笔记本,万年筆/Fountain Pen/钢笔,はさみ/Scissors/剪刀,筆/Writing Brush/毛笔,便箋/Letter Paper/信笺,' +
    'ペン皿/Pen Tray/笔盘,茶筒/Tea Caddy/茶叶罐,徳利/Sake Flask/酒壶,片口/Spouted Bowl/片口碗,弁当箱/Lunch Box/便当盒,水筒/Water Bottle/保温杯,' +
    'かご/Basket/篮子,ほうき/Broom/扫帚,湯桶/Bath Bucket/浴桶,座布団/Floor Cushion/坐垫',
)
const COLOURS = words(
  '藍/Indigo/靛蓝,朱/Vermilion/朱红,白/White/白色,黒/Black/黑色,生成り/Natural/原色,灰/Grey/灰色,若草/Spring Green/嫩绿,柿/Persimmon/柿色,墨/Ink/墨色,桜/Cherry Pink/樱粉',
)
const USES = words(
  '毎日の食卓で/At the everyday table/日常餐桌上,朝の支度に/For the morning routine/早晨准备时,来客のもてなしに/For guests/待客时,' +
    '贈り物として/As a present/作为礼物,ひとり暮らしの台所で/In a small kitchen/独居厨房里,旅先でも/On the road/旅途中,' +
    '書きものの合間に/Between two letters/书写间隙,寝る前のひとときに/Before going to bed/睡前时光',
)
const TRAITS = words(
  '手によくなじみます/sits well in the hand/十分趁手,使うほどに艶が出ます/gains its shine with use/越用越有光泽,軽くて丈夫です/is light and strong/轻巧结实,' +
    '洗いやすく乾きも早い形です/is easy to wash and dries quickly/容易清洗也干得快,職人が一つずつ仕上げました/was finished by hand one by one/由匠人逐件完成,' +
    '季節を問わず使えます/serves in every season/四季皆宜,重ねてしまえます/stacks away neatly/可以叠放收纳,修理をしながら長く使えます/can be repaired and kept for years/可修补长久使用',
)

const CATEGORIES = ['tea-and-coffee', 'kitchen', 'table', 'stationery', 'textiles', 'home'] as const

/** Numbers that look random and are the same in every run (a linear congruence; constants of Numerical Recipes). */
const numbersFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const FIRST_LISTED_AT_MS = Date.parse('2024-01-01T00:00:00+09:00')
const HOUR_MS = 3_600_000

/** The number a product carries in its title and nothing else does, by which it can be found again. */
export const articleNumber = (nth: number): string => `HB${String(nth).padStart(6, '0')}`

/** Products with titles and descriptions in three languages, one after the other, the same in every run. */
export function* generatedGoods(count: number): Generator<ListedProduct> {
  const next = numbersFrom(20_261_121)
  const one = (of: readonly Word[]): Word => {
    const word = of[Math.floor(next() * of.length)]
    if (word === undefined) throw new Error('an empty list of words')
    return word
  }
  for (let nth = 0; nth < count; nth += 1) {
    const [place, material, thing, colour] = [one(PLACES), one(MATERIALS), one(THINGS), one(COLOURS)]
    const [use, trait, other] = [one(USES), one(TRAITS), one(TRAITS)]
    const size = 5 + Math.floor(next() * 40)
    const number = articleNumber(nth)
    const left = next() < 0.1 ? 0 : 1 + Math.floor(next() * 200)
    yield {
      productId: `goods-${nth}`,
      status: 'ACTIVE',
      category: CATEGORIES[Math.floor(next() * CATEGORIES.length)] ?? 'home',
      title: {
        ja: `${place.ja}の${material.ja}${thing.ja} ${colour.ja} ${size}cm ${number}`,
        en: `${place.en} ${material.en} ${thing.en}, ${colour.en}, ${size} cm, ${number}`,
        zh: `${place.zh}${material.zh}${thing.zh} ${colour.zh} ${size}厘米 ${number}`,
      },
      description: {
        ja: `${place.ja}でつくられた${thing.ja}です。${use.ja}お使いください。${trait.ja}。${material.ja}風合いは${other.ja}。`,
        en: `A ${thing.en.toLowerCase()} made in ${place.en}. ${use.en} it ${trait.en}. The ${material.en.toLowerCase()} ${other.en}.`,
        zh: `产自${place.zh}的${thing.zh}。${use.zh}使用，${trait.zh}。${material.zh}质地，${other.zh}。`,
      },
      price: { amountMinor: 100 * (3 + Math.floor(next() ** 3 * 400)), currency: 'JPY' },
      taxRatePercent: 10,
      listedAtMs: FIRST_LISTED_AT_MS + nth * (HOUR_MS / 4),
      stock: { received: left, adjusted: 0, available: left, reserved: 0, sold: 0 },
      revisions: { product: 0, stock: 0 },
    }
  }
}
