import type { MyNews } from '~/news/my-news'
import { toastShelf, type Shelved } from '~/news/toast-shelf'

/** News at the edge of the page. */
export interface Toast extends Shelved {
  readonly news: MyNews
}

/** What is told at the edge of the page, until the component that shows it goes. */
export const useToasts = () => {
  const shown = shallowRef<readonly Toast[]>([])
  const shelf = toastShelf<Toast>(browserTimer, (toasts) => {
    shown.value = toasts
  })
  const seen = () => {
    shelf.setHeld('away', document.visibilityState !== 'visible')
  }
  onMounted(() => {
    seen()
    document.addEventListener('visibilitychange', seen)
  })
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', seen)
    shelf.clear()
  })
  return { shown, ...shelf }
}

export const browserTimer = (delayMs: number, work: () => void): (() => void) => {
  const timer = setTimeout(work, delayMs)
  return () => {
    clearTimeout(timer)
  }
}
