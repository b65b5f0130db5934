import type { Ref } from 'vue'
import type { Me } from '~/api/types'
import { type Buyer, prefilled, recipientOf } from '~/checkout/buyer'

const PATIENCE_MS = 10_000

/** What the profile has to do with the checkout: it fills the form, and takes what was typed for the next time. */
export const useCheckoutProfile = () => {
  const api = useApi()
  /** Undefined until it was looked at; what cannot be looked at is not offered to be written. */
  const known = ref<{ readonly profile: Me['profile']; readonly etag: string }>()
  const isToSave = ref(false)

  const prefill = async (buyer: Ref<Buyer>): Promise<void> => {
    const reply = await api
      .GET('/api/me', { signal: AbortSignal.timeout(PATIENCE_MS) })
      .catch(() => undefined)
    if (reply?.data === undefined) return
    const { profile } = reply.data
    known.value = { profile, etag: reply.response.headers.get('etag') ?? '' }
    if (profile === undefined) return
    const { name, phone, email, address } = profile
    const isAddressTyped = Object.values(recipientOf(buyer.value).delivery).some((text) => text !== '')
    // Half of one address and half of another would be worse than none.
    buyer.value = prefilled(buyer.value, { name, phone, email, ...(isAddressTyped ? {} : address) })
  }

  const asProfile = (buyer: Buyer) => {
    const { contact, delivery } = recipientOf(buyer)
    const { kana, birthDate, gender } = known.value?.profile ?? {}
    return {
      ...(kana === undefined ? {} : { kana }),
      ...(birthDate === undefined ? {} : { birthDate }),
      ...(gender === undefined ? {} : { gender }),
      ...contact,
      address: delivery,
    }
  }

  /** Whether what was typed is news to the profile. */
  const isOffered = (buyer: Buyer): boolean => {
    if (known.value === undefined) return false
    const { profile } = known.value
    const { contact, delivery } = recipientOf(buyer)
    return (
      contact.name !== profile?.name ||
      contact.email !== profile.email ||
      (contact.phone ?? '') !== (profile.phone ?? '') ||
      delivery.postalCode !== profile.address?.postalCode ||
      delivery.prefecture !== profile.address.prefecture ||
      delivery.city !== profile.address.city ||
      delivery.addressLine1 !== profile.address.addressLine1 ||
      (delivery.addressLine2 ?? '') !== (profile.address.addressLine2 ?? '')
    )
  }

  /** After an order was placed, where the buyer wished so. Nothing of the order depends on it, so it may fail. */
  const save = async (buyer: Buyer): Promise<void> => {
    if (!isToSave.value || known.value === undefined || !isOffered(buyer)) return
    await api
      .PUT('/api/me', {
        body: asProfile(buyer),
        headers: { 'if-match': known.value.etag },
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
      .catch(() => undefined)
  }

  return { prefill, isToSave, isOffered, save }
}
