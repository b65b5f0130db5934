import type { Asked } from '~/payment/payment-stage'
import type { Order, Problem } from '~/api/types'

export type Deed = 'confirm' | 'renew' | 'cancel'

/** What PayPay said when it was asked, and about which state of the order: newer news takes its place. */
export interface Verdict {
  readonly asked: Asked
  readonly position: number
}

/** Why a deed was not done: `not-through` leaves open whether it was, so the truth is asked for. */
export type Trouble = 'not-through' | 'too-fast' | 'window-over'

interface Reply<T> {
  readonly data?: T | undefined
  readonly error?: Problem | undefined
  readonly response: Response
}

const PATIENCE_MS = 15_000

/** The verdict on an order; handed over by the page PayPay sends the buyer back to. */
export const usePaymentVerdict = (orderId: string) =>
  useState<Verdict | undefined>(`asked-${orderId}`, () => undefined)

/** “I have paid”: asks PayPay through the shop. */
export const usePaymentQuestion = (orderId: string) => {
  const api = useApi()
  return () =>
    api.POST('/api/orders/{id}/payments/refresh', {
      params: { path: { id: orderId } },
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
}

/** Repeats a call once with a fresh CSRF token: the one this page came with may be of before a renewed session. */
export const usePaymentCall = () => {
  const { refresh } = useSession()
  return async <T>(call: () => Promise<Reply<T>>): Promise<Reply<T> | undefined> => {
    const reply = await call().catch(() => undefined)
    if (reply?.error?.code !== 'csrf-token-invalid') return reply
    await refresh()
    return await call().catch(() => undefined)
  }
}

/**
 * What a buyer can do about an unpaid order. A second press of a deed that is under way does nothing; another deed does
 * not wait for it, so that asking a silent PayPay keeps nobody from cancelling.
 * Nothing is assumed to have been done; whatever the reply, the order as it is now is what is shown.
 */
export const usePaymentDeeds = (live: {
  order: Ref<Order>
  ask: () => Promise<void>
  take: (order: Order) => void
}) => {
  const { orderId } = live.order.value
  const api = useApi()
  const question = usePaymentQuestion(orderId)
  const perform = usePaymentCall()
  const signIn = useOrderSignIn()
  const verdict = usePaymentVerdict(orderId)
  const busy = reactive<Record<Deed, boolean>>({ confirm: false, renew: false, cancel: false })
  const trouble = ref<Trouble>()
  const renewing = ref<string>()
  const path = { params: { path: { id: orderId } } }

  const act = async <T>(deed: Deed, call: () => Promise<Reply<T>>): Promise<T | undefined> => {
    if (busy[deed]) return undefined
    busy[deed] = true
    trouble.value = undefined
    try {
      const reply = await perform(call)
      if (reply?.response.ok === true) return reply.data
      if (reply?.response.status === 401) {
        await signIn()
        return undefined
      }
      if (reply?.response.status === 429) trouble.value = 'too-fast'
      else if (reply?.error?.code === 'payment-window-over') trouble.value = 'window-over'
      // Already paid, failed, cancelled, renewed or gone: the order itself says it better.
      else if (reply?.response.status !== 409 && reply?.response.status !== 404) trouble.value = 'not-through'
      await live.ask()
      return undefined
    } finally {
      busy[deed] = false
    }
  }

  return {
    busy: readonly(busy),
    trouble: readonly(trouble),
    /** The attempt in place of which a fresh code is on its way. */
    renewing,
    verdict,
    confirm: async (): Promise<void> => {
      const answer = await act('confirm', question)
      if (answer === undefined) return
      const { asked, ...order } = answer
      verdict.value = asked === undefined ? undefined : { asked, position: order.position }
      live.take(order)
    },
    renew: async (): Promise<void> => {
      const insteadOf = live.order.value.payment?.merchantPaymentId
      if (insteadOf === undefined) return
      const done = await act('renew', () =>
        api.POST('/api/orders/{id}/payments', {
          ...path,
          body: { insteadOf },
          signal: AbortSignal.timeout(PATIENCE_MS),
        }),
      )
      if (done === undefined) return
      verdict.value = undefined
      renewing.value = insteadOf
      await live.ask()
    },
    cancel: async (): Promise<boolean> => {
      const done = await act('cancel', () =>
        api.POST('/api/orders/{id}/cancel', { ...path, signal: AbortSignal.timeout(PATIENCE_MS) }),
      )
      if (done !== undefined) await live.ask()
      return done !== undefined
    },
  }
}

export type PaymentDeeds = ReturnType<typeof usePaymentDeeds>
