import {
  type Buyer,
  EMPTY_BUYER,
  type FieldProblems,
  parsedBuyer,
  prefilled,
  problemsOf,
  tidied,
} from '~/checkout/buyer'

const DRAFT_KEY = 'kessai.checkout.draft'
const ADDRESS = ['postalCode', 'prefecture', 'city', 'addressLine1', 'addressLine2'] as const

/**
 * What the buyer types. It lives in this page, and in this tab's own storage only while the buyer is away signing in or
 * while it is not known whether an order arrived, so that the same content can be sent again.
 */
export const useCheckoutBuyer = () => {
  const api = useApi()
  const { session } = useSession()
  const buyer = useState<Buyer>('checkout-buyer', () => EMPTY_BUYER)
  const profile = useCheckoutProfile()
  const problems = ref<FieldProblems>({})

  /** Tidies what was typed and marks what is wrong; answers whether it can be sent. */
  const check = (): boolean => {
    buyer.value = tidied(buyer.value)
    problems.value = problemsOf(buyer.value)
    return Object.keys(problems.value).length === 0
  }
  /** A field that was found wrong is judged again while it is put right; no field is judged before it was sent. */
  const lookAgain = (field: keyof Buyer): void => {
    if (problems.value[field] === undefined) return
    const { [field]: problem } = problemsOf(tidied(buyer.value))
    const { [field]: _before, ...others } = problems.value
    problems.value = problem === undefined ? others : { ...others, [field]: problem }
  }

  const keep = (): void => {
    inTab((storage) => {
      storage.setItem(DRAFT_KEY, JSON.stringify(buyer.value))
    })
  }
  const dropKept = (): void => {
    inTab((storage) => {
      storage.removeItem(DRAFT_KEY)
    })
  }
  const forget = (): void => {
    dropKept()
    buyer.value = EMPTY_BUYER
    problems.value = {}
  }
  const restore = (): void => {
    inTab((storage) => {
      const kept = parsedBuyer(storage.getItem(DRAFT_KEY))
      if (kept !== undefined) buyer.value = prefilled(buyer.value, kept)
    })
  }

  /** From the profile, else from the last order; a buyer who has neither types it once. */
  const prefill = async (): Promise<void> => {
    await profile.prefill(buyer)
    buyer.value = prefilled(buyer.value, { email: session.value.email })
    if (ADDRESS.some((field) => buyer.value[field] !== '')) return
    try {
      const { data: orders } = await api.GET('/api/orders', { params: { query: { size: 1 } } })
      const id = orders?.items[0]?.orderId
      if (id === undefined) return
      const { data: recipient } = await api.GET('/api/orders/{id}/recipient', { params: { path: { id } } })
      const { contact, delivery } = recipient ?? {}
      const isAddressTyped = ADDRESS.some((field) => buyer.value[field] !== '')
      // Half of one address and half of another would be worse than none.
      buyer.value = prefilled(buyer.value, { ...contact, ...(isAddressTyped ? {} : delivery) })
    } catch {
      // Then it is typed.
    }
  }

  return { buyer, profile, problems, check, lookAgain, keep, dropKept, forget, restore, prefill }
}

/** This tab's storage, where the browser allows it. */
const inTab = (work: (storage: Storage) => void): void => {
  try {
    work(window.sessionStorage)
  } catch {
    // Then nothing is kept.
  }
}
