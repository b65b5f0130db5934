import { signIn } from '../../demo/shop-client.ts'
import type { Buyer } from '../../demo/shop-client.ts'
import type { BrowserContext } from '@playwright/test'
import type { RunningShop } from './running-shop.ts'

/** Signs the browser in as somebody of the staff, who can also act over HTTP beside the page. */
export const enterAs = async (
  role: 'admin' | 'operator' | 'auditor' | 'support',
  context: BrowserContext,
  { url }: Pick<RunningShop, 'url'>,
): Promise<Buyer> => {
  const somebody = await signIn(url, `${role}@example.com`, [role])
  const [name = '', value = ''] = somebody.cookie.split('=', 2)
  await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Lax' }])
  return somebody
}
