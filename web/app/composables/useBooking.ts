import { newOrderKey } from '~/checkout/pending-order'

interface Receipt {
  readonly receiptId?: string
  readonly quantity: number
}
interface Adjustment {
  readonly delta: number
  readonly reason: string
}

/**
 * Books goods of one product. Until it is known to be booked, the same entry keeps its key, so that pressing again after a
 * lost answer books nothing twice; another entry is another booking.
 */
export const useBooking = (productId: () => string) => {
  const api = useApi()
  const deed = useStaffDeed()
  let pending: { readonly entry: string; readonly key: string } | undefined

  const book = async (body: Receipt | Adjustment): Promise<boolean> => {
    const entry = JSON.stringify([productId(), body])
    if (pending?.entry !== entry) pending = { entry, key: newOrderKey() }
    const { key } = pending
    const booked = await deed.run(() =>
      api.POST('/api/ops/stock/{productId}', {
        params: { path: { productId: productId() } },
        headers: { 'idempotency-key': key },
        body,
      }),
    )
    if (booked === undefined) return false
    pending = undefined
    return true
  }

  return { ...deed, book }
}
