import { TOUR_STEPS, type TourStepId } from '~/tour/steps'

/** How far the tour has come in this browser: a step to go on with, `'done'`, or undefined before the first time. */
export type TourMark = TourStepId | 'done'

const KEY = 'kessai.tour'

/** Keeps the tour's mark in the browser; where nothing may be kept, the tour counts as done rather than coming again. */
export const useTourMark = () => ({
  read: (): TourMark | undefined => {
    try {
      const kept = localStorage.getItem(KEY)
      if (kept === null) return undefined
      return TOUR_STEPS.find(({ id }) => id === kept)?.id ?? 'done'
    } catch {
      return 'done'
    }
  },
  write: (mark: TourMark): void => {
    try {
      localStorage.setItem(KEY, mark)
    } catch {
      // A browser that keeps nothing shows the tour on demand only.
    }
  },
})
