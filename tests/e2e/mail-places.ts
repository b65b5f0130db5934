import { z } from 'zod'
import type { Buyer } from '../../demo/shop-client.ts'
import { paid } from './order-places.ts'
import { part, somebodyNew, type Place, type Stage } from './stage.ts'
import { expect } from './test.ts'

const Mails = z.object({ items: z.array(z.object({ mailId: z.string() })) })

/** Somebody whose order was received and paid, and the newest of both mails. */
const somebodyMailed = async (stage: Stage): Promise<string> => {
  const buyer: Buyer = await somebodyNew(stage)
  const { orderId } = await buyer.place('sencha-yame-100g')
  await paid(stage, buyer, orderId)
  let mails: z.infer<typeof Mails>['items'] = []
  const look = async (): Promise<number> => {
    mails = Mails.parse((await buyer.call('GET', '/api/mailbox')).body).items
    return mails.length
  }
  await expect.poll(look).toBe(2)
  return mails[0]?.mailId ?? ''
}

/** What a shop without a mail server would have sent. */
export const MAILS: readonly Place[] = [
  {
    name: 'mailbox-empty',
    path: async (stage) => {
      await somebodyNew(stage)
      return '/mailbox'
    },
    shows: (page, t) => part(page, t('mailbox.empty.title')),
  },
  {
    name: 'mailbox',
    path: async (stage) => {
      await somebodyMailed(stage)
      return '/mailbox'
    },
    shows: (page) => page.locator('.mailbox__mail').first(),
  },
  {
    name: 'mail',
    path: async (stage) => `/mailbox/${await somebodyMailed(stage)}`,
    shows: (page, t) => page.getByText(t('mailbox.plain')),
  },
]
