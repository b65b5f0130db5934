import type { Buyer } from '../../demo/shop-client.ts'
import { somebodyNew, title, type Place, type Stage } from './stage.ts'
import { expect } from './test.ts'
import { topUp } from './wallets.ts'

/** Made up, as everybody in these tests is. */
export const HANAKO = {
  name: '日々 花子',
  kana: 'ひび はなこ',
  birthDate: '1987-03-21',
  gender: 'female',
  phone: '090-1234-5678',
  email: 'hanako@example.com',
  address: {
    postalCode: '812-0011',
    prefecture: '福岡県',
    city: '福岡市博多区',
    addressLine1: '博多駅前1-1',
  },
} as const

export const register = async (buyer: Buyer): Promise<void> => {
  expect((await buyer.call('PUT', '/api/me', HANAKO)).status).toBe(200)
}

const registered = async (stage: Stage): Promise<string> => {
  await register(await somebodyNew(stage))
  return '/profile'
}

const registeredWithMoney = async (stage: Stage): Promise<string> => {
  const buyer = await somebodyNew(stage)
  await register(buyer)
  await topUp(buyer, 1_920)
  return '/profile'
}

/** What a person sees of themselves. */
export const PROFILE: readonly Place[] = [
  {
    name: 'register',
    path: async (stage) => {
      await somebodyNew(stage)
      return '/register'
    },
    shows: (page, t) => title(page, t('profile.register.title')),
  },
  {
    name: 'profile',
    path: registered,
    shows: (page, t) => page.getByText(t('profile.lead')),
  },
  {
    name: 'profile-wrong',
    path: registered,
    reach: async (page, t) => {
      await page
        .getByLabel(new RegExp(`^${t('profile.field.name')}`))
        .first()
        .fill('')
      await page.getByRole('button', { name: t('profile.save') }).click()
    },
    shows: (page, t) => page.getByText(t('profile.problem.name.missing')),
  },
  {
    name: 'forget-me',
    path: registeredWithMoney,
    reach: (page, t) => page.getByRole('button', { name: t('profile.forget.ask') }).click(),
    shows: (page, t) => page.getByText(t('profile.forget.staying.balance', { amount: '¥1,920' })),
  },
]
