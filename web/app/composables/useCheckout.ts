import { recipientOf } from '~/checkout/buyer'
import { oneTabAtATime } from '~/checkout/one-tab'
import {
  fingerprintOf,
  isUnsure,
  newOrderKey,
  ORDER_RECORD_KEY,
  type OrderRecord,
  recordFor,
  refusedRecord,
} from '~/checkout/pending-order'
import { type Placing, placingOf } from '~/checkout/placing'
import { sameLines } from '~/cart/lines'

/** What the page has to say about the last press; `cart-changed` and `shortage` are found before anything is sent. */
export type CheckoutNews =
  | {
      readonly kind:
        | 'unsure'
        | 'refused'
        | 'placed-before'
        | 'cart-changed'
        | 'method'
        | 'price-changed'
        | 'settling'
        | 'resting'
    }
  | { readonly kind: 'throttled'; readonly seconds: number }
  | { readonly kind: 'lines'; readonly titles: readonly string[] }

export type CheckoutMethod = 'PAYPAY' | 'WALLET'

/** Longer than the shop takes for anything; after it the outcome is unknown, not failed. */
const PATIENCE_MS = 20_000
/** The list of products may learn of a new price a moment after the till. */
const PRICE_LOOKS = 4
const PRICE_LOOK_MS = 700

/** From a filled form to one order. Nothing about it is optimistic: it is placed when the shop says so. */
export const useCheckout = () => {
  const api = useApi()
  const { locale } = useI18n()
  const localePath = useLocalePath()
  const cart = useCart()
  const details = useCartDetails()
  const prices = useCheckoutPrices(details)
  const form = useCheckoutBuyer()
  const { session, refresh, forget } = useSession()
  const shop = useShop()
  const { record, read, write, clear } = useCheckoutRecord()
  /** Kept over a way to the wallet and back. */
  const method = useState<CheckoutMethod | ''>('checkout-method', () => 'PAYPAY')
  const phase = ref<'idle' | 'sending' | 'leaving'>('idle')
  const news = ref<CheckoutNews>()

  const isAvailable = (wanted: string): boolean =>
    shop.data.value?.paymentMethods.some(({ method: known, available }) => known === wanted && available) ??
    false

  const leave = async (path: string): Promise<void> => {
    phase.value = 'leaving'
    await navigateTo(path, { replace: true })
  }

  /** Resolves when the page has something to show, or has been left. */
  const place = async (): Promise<void> => {
    if (phase.value !== 'idle') return
    news.value = undefined
    phase.value = 'sending'
    try {
      await oneTabAtATime(ORDER_RECORD_KEY, PATIENCE_MS, attempt)
    } finally {
      if (phase.value === 'sending') phase.value = 'idle'
    }
  }

  const attempt = async (): Promise<void> => {
    const shown = details.rows.value.map(({ productId, quantity }) => ({ productId, quantity }))
    const stored = cart.look()
    if (stored.length === 0) return
    if (!sameLines(shown, stored)) {
      news.value = { kind: 'cart-changed' }
      return
    }
    const wanting = details.rows.value.filter(({ problem }) => problem !== undefined)
    if (wanting.length > 0) {
      news.value = {
        kind: 'lines',
        titles: wanting.map(({ product }) => product?.title ?? '').filter(Boolean),
      }
      return
    }
    if (method.value === '' || !isAvailable(method.value)) {
      news.value = { kind: 'method' }
      return
    }
    if (!form.check()) return
    prices.agree()
    await send(shown, method.value)
  }

  const send = async (items: { productId: string; quantity: number }[], paymentMethod: CheckoutMethod) => {
    const { totalMinor } = details.totals.value
    const before = read()
    const fresh = recordFor(before, fingerprintOf(items, totalMinor), Date.now(), newOrderKey)
    const sent = write({ ...fresh, method: paymentMethod })
    if (sent.state === 'placed') {
      await leave(localePath(`/orders/${sent.orderId}/payment`))
      return
    }
    form.keep()
    const body = {
      items,
      paymentMethod,
      expectedTotalMinor: totalMinor,
      locale: locale.value,
      ...recipientOf(form.buyer.value),
    }
    const post = async (): Promise<Placing> => {
      try {
        const headers = { 'idempotency-key': sent.key }
        return placingOf(
          await api.POST('/api/orders', { headers, body, signal: AbortSignal.timeout(PATIENCE_MS) }),
        )
      } catch {
        return { kind: 'unsure' }
      }
    }
    let placing = await post()
    if (placing.kind === 'stale-token' && (await refresh()).authenticated) placing = await post()
    await receive(placing, items, sent, before)
  }

  const receive = async (
    placing: Placing,
    items: { productId: string; quantity: number }[],
    sent: OrderRecord,
    before: OrderRecord | undefined,
  ): Promise<void> => {
    if (placing.kind === 'placed') {
      await conclude(placing.orderId, items)
      return
    }
    if (placing.kind === 'unsure') {
      news.value = { kind: 'unsure' }
      return
    }
    if (read()?.state !== 'placed') write(refusedRecord(sent, before))
    if (placing.kind === 'signed-out') {
      // What was typed waits in this tab for the way back.
      forget()
      await leave(localePath({ path: '/sign-in', query: { next: localePath('/checkout') } }))
      return
    }
    // While sessions are away what was typed outlives a reload, too.
    if (placing.kind !== 'resting' && !isUnsure(read())) form.dropKept()
    await explain(placing)
  }

  /** The cart is emptied before the record says so: a tab that looks in between finds the same key. */
  const conclude = async (
    orderId: string,
    items: { productId: string; quantity: number }[],
  ): Promise<void> => {
    phase.value = 'leaving'
    const now = read()
    if (now?.state !== 'placed' || now.orderId !== orderId) cart.takeOut(items)
    write({ state: 'placed', orderId, atMs: Date.now() })
    void form.profile.save(form.buyer.value)
    await leave(localePath(`/orders/${orderId}/payment`))
    form.forget()
    method.value = 'PAYPAY'
  }

  const explain = async (placing: Placing): Promise<void> => {
    switch (placing.kind) {
      case 'fields':
        form.problems.value = placing.problems
        return
      case 'price-changed':
        news.value = { kind: (await findPrice(placing.totalMinor)) ? 'price-changed' : 'settling' }
        return
      case 'lines': {
        const titles = placing.indices.map((index) => details.rows.value[index]?.product?.title ?? '')
        news.value = { kind: 'lines', titles: titles.filter(Boolean) }
        await details.load()
        return
      }
      case 'method':
        news.value = { kind: 'method' }
        await shop.refresh()
        return
      case 'throttled':
        news.value = placing
        return
      case 'placed-before':
      case 'resting':
        news.value = { kind: placing.kind }
        return
      default:
        news.value = { kind: 'refused' }
    }
  }

  const findPrice = async (totalMinor: number): Promise<boolean> => {
    for (let look = 0; look < PRICE_LOOKS; look += 1) {
      await details.load()
      if (details.totals.value.totalMinor === totalMinor) return true
      await new Promise((resolve) => setTimeout(resolve, PRICE_LOOK_MS))
    }
    return false
  }

  /** Who is buying could not be told when the page came up: it can be asked again, and the form stays as it is. */
  const lookWhoAgain = async (): Promise<void> => {
    const { authenticated, sessionsUnavailable } = await refresh()
    if (sessionsUnavailable === true) return
    if (!authenticated) {
      form.keep()
      await leave(localePath({ path: '/sign-in', query: { next: localePath('/checkout') } }))
      return
    }
    if (news.value?.kind === 'resting') news.value = undefined
    await Promise.all([form.prefill(), refreshNuxtData('wallet-balance')])
  }

  /** After the buyer was told of the earlier order and wants this one as well. */
  const placeAsNew = async (): Promise<void> => {
    clear()
    await place()
  }

  onMounted(async () => {
    form.restore()
    const known = read()
    if (isUnsure(known)) {
      news.value = { kind: 'unsure' }
      if (known?.state === 'pending') method.value = known.method ?? method.value
    } else if (session.value.sessionsUnavailable !== true) form.dropKept()
    await form.prefill()
  })
  watch(shop.data, () => {
    if (news.value?.kind === 'method' && isAvailable(method.value)) news.value = undefined
  })

  return {
    cart,
    details,
    prices,
    form,
    session,
    shop,
    record,
    method,
    phase,
    news,
    isAvailable,
    lookWhoAgain,
    place,
    placeAsNew,
  }
}
