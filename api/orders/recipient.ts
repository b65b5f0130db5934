import { z } from 'zod'
import type { EncryptedEnvelope } from '#domain/envelope.ts'
import type { CustomerId, OrderId } from '#domain/ids.ts'
import { order } from '#domain/order/aggregate.ts'
import { decodeRecorded } from '#platform/eventstore/decoding.ts'
import { KeyringRefused } from '#platform/keyring/port.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { KeptContact, KeptDelivery } from './order-request.ts'

export const Recipient = z.object({
  contact: KeptContact.required({ name: true }).optional(),
  delivery: KeptDelivery.optional(),
  /** The key these were sealed with has been destroyed: nobody can read them any more. */
  forgotten: z.boolean(),
  /** Something is there that could not be opened; a person must look. */
  unreadable: z.boolean(),
})
type Recipient = z.infer<typeof Recipient>

type Opened<T> =
  { readonly kind: 'open'; readonly content: T } | { readonly kind: 'absent' | 'forgotten' | 'unreadable' }

/** A key or an envelope that is not what it should be; anything else says nothing about what was sealed. */
const isRefusal = (error: unknown): boolean =>
  error instanceof KeyringRefused || error instanceof z.ZodError || error instanceof SyntaxError

/**
 * Whom an order goes to, opened from the envelopes it was placed with. Undefined when there is no such order of this
 * customer. What it answers is personal: it is neither logged nor kept.
 */
export const recipients = ({
  eventStore,
  keyring,
  logger,
}: Pick<ApiDependencies, 'eventStore' | 'keyring' | 'logger'>) => {
  const open = async <T>(
    envelope: EncryptedEnvelope | undefined,
    purpose: 'contact' | 'delivery',
    shape: z.ZodType<T>,
    orderId: OrderId,
  ): Promise<Opened<T>> => {
    if (envelope === undefined) return { kind: 'absent' }
    const content = await keyring.open(envelope, purpose).catch((error: unknown) => {
      if (isRefusal(error)) return 'refused' as const
      throw error
    })
    if (content === 'forgotten') return { kind: 'forgotten' }
    const parsed = shape.safeParse(content)
    if (parsed.success) return { kind: 'open', content: parsed.data }
    // Not the reason: it may quote what is inside.
    logger.error({ orderId, purpose }, 'A sealed part of an order could not be opened')
    return { kind: 'unreadable' }
  }

  return async (orderId: OrderId, customerId: CustomerId): Promise<Recipient | undefined> => {
    for await (const recorded of eventStore.read(`order-${orderId}`, 0, 1)) {
      const placed = decodeRecorded(order.codec, recorded)
      if (placed.type !== 'OrderPlaced' || placed.data.customerId !== customerId) return undefined
      const [contact, delivery] = await Promise.all([
        open(placed.data.contact, 'contact', KeptContact, orderId),
        open(placed.data.delivery, 'delivery', KeptDelivery, orderId),
      ])
      return {
        ...(contact.kind === 'open' ? shown(contact.content) : {}),
        ...(delivery.kind === 'open' ? { delivery: delivery.content } : {}),
        forgotten: [contact, delivery].some(({ kind }) => kind === 'forgotten'),
        unreadable: [contact, delivery].some(({ kind }) => kind === 'unreadable'),
      }
    }
    return undefined
  }
}

/** An address to write to is nobody an order goes to: without a name there is no contact to show. */
const shown = ({ name, ...rest }: KeptContact): Pick<Recipient, 'contact'> =>
  name === undefined ? {} : { contact: { name, ...rest } }
