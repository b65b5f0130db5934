import { part, title, type Place, type Say, type Stage } from './stage.ts'
import { enterAs } from './staff.ts'
import type { Page } from '@playwright/test'

const TEA = 'sencha-yame-100g'

const as =
  (role: 'admin' | 'operator' | 'auditor', path: string) =>
  async ({ page, shop }: Stage): Promise<string> => {
    await enterAs(role, page.context(), shop)
    return path
  }

/** A list with one row that is right and three that are not; what it brings is not on sale, for other tests count what is. */
export const MIXED_LIST = [
  'productId,title,description,price,status,createdAt,imageFile',
  'admin-place-cup,湯のみ,毎日の湯のみです。,1800,INACTIVE,2026-11-20,',
  'Wrong Id,湯のみ,毎日の湯のみです。,1800,ACTIVE,2026-11-20,',
  'admin-place-pot,急須,毎日の急須です。,0,ACTIVE,2026-11-20,',
  'admin-place-jar,茶筒,毎日の茶筒です。,2200,ACTIVE,2026-11-20,never-sent.jpg',
].join('\n')

export const chooseList = (page: Page, t: Say, list: string | Buffer): Promise<void> =>
  page
    .getByLabel(t('admin.list.label'))
    .setInputFiles({ name: 'products.csv', mimeType: 'text/csv', buffer: Buffer.from(list) })

/** The staff's rooms. */
export const ADMINISTRATION: readonly Place[] = [
  {
    name: 'admin-sign-in',
    path: '/admin/products',
    shows: (page, t) => page.getByLabel(t('admin.signIn.label')),
  },
  {
    name: 'admin-products',
    path: as('admin', '/admin/products'),
    shows: (page, t) => title(page, t('admin.products.title')),
  },
  {
    name: 'admin-products-none',
    path: as('admin', '/admin/products?q=qqqqqqqq'),
    shows: (page, t) => part(page, t('admin.products.none')),
  },
  {
    name: 'admin-product',
    path: as('admin', `/admin/products/${TEA}`),
    shows: (page, t) => part(page, t('admin.price.title')),
  },
  {
    name: 'admin-product-errors',
    path: as('admin', `/admin/products/${TEA}`),
    reach: async (page, t) => {
      await page.getByRole('button', { name: t('admin.picture.save') }).click()
      await page.getByRole('button', { name: t('admin.receive.save') }).click()
      await page.getByLabel(t('admin.adjust.delta')).fill('-100000')
      await page.getByLabel(t('admin.adjust.reason')).fill('?')
      await page.getByRole('button', { name: t('admin.adjust.save') }).click()
    },
    shows: (page, t) => page.getByText(t('admin.problem.insufficient-stock.title')),
  },
  {
    name: 'admin-product-looking',
    path: as('auditor', `/admin/products/${TEA}`),
    shows: (page, t) => part(page, t('admin.stock.title')),
  },
  {
    name: 'admin-import',
    path: as('admin', '/admin/import'),
    shows: (page, t) => part(page, t('admin.list.title')),
  },
  {
    name: 'admin-import-result',
    path: as('admin', '/admin/import'),
    reach: async (page, t) => {
      await chooseList(page, t, MIXED_LIST)
      await page.getByRole('button', { name: t('admin.list.send'), exact: true }).click()
    },
    shows: (page, t) => page.getByRole('table', { name: t('admin.result.caption') }),
  },
]
