export type TourStepId = 'account' | 'search' | 'result' | 'cart' | 'pay'

export interface TourStep {
  readonly id: TourStepId
  /** The page that shows what the step is about, for where it is not to be seen yet. */
  readonly leadsTo?: string
}

/** The way of a purchase. What a step is about carries `data-tour` with its id, or with one of the names below. */
export const TOUR_STEPS: readonly TourStep[] = [
  { id: 'account' },
  { id: 'search' },
  { id: 'result', leadsTo: '/products' },
  { id: 'cart' },
  { id: 'pay', leadsTo: '/cart' },
]

/** Paying begins with the cart's own way on; nobody is interrupted at the checkout itself. */
const OTHER_NAMES: Partial<Record<TourStepId, string>> = { pay: 'checkout' }

/** What a step is about, if it is to be seen on this page. */
export const targetOf = (id: TourStepId): HTMLElement | undefined =>
  [
    ...document.querySelectorAll<HTMLElement>(`[data-tour="${id}"],[data-tour="${OTHER_NAMES[id] ?? id}"]`),
  ].find((element) => element.getClientRects().length > 0)
