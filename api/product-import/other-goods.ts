import { OTHER_GOODS } from '#domain/catalogue/commands.ts'
import type { CategoryTexts } from '../dependencies.ts'

/** What the shop calls the category of goods that a list put into none. */
export const otherGoods: CategoryTexts = {
  categoryId: OTHER_GOODS,
  name: { ja: 'その他', en: 'Other goods', zh: '其他' },
}
