import { driver } from 'driver.js'
import './popover.css'

export interface TourWords {
  readonly title: string
  readonly text: string
  readonly progress: string
  readonly next: string
  readonly back: string
  readonly close: string
}

export interface TourPopover {
  readonly target: HTMLElement | undefined
  readonly words: TourWords
  readonly hasBack: boolean
  readonly onNext: () => void
  readonly onBack: () => void
  /** Esc, the close button, or a press anywhere else. */
  readonly onEnd: () => void
  /** The visitor used what the step is about: the page may change, and the tour waits. */
  readonly onUsed: () => void
}

/** Points at one thing on the page. The answer takes the popover away again; it may be called twice. */
export const showPopover = (popover: TourPopover): (() => void) => {
  const { target, words, hasBack } = popover
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
  const guide = driver({
    animate: !isStill,
    duration: 180,
    smoothScroll: !isStill,
    allowKeyboardControl: false,
    overlayOpacity: 0.45,
    stagePadding: 4,
    stageRadius: 10,
  })
  const stopListening = listen(popover)
  guide.highlight({
    ...(target === undefined ? {} : { element: target }),
    onHighlighted: () => {
      // These would be wrong on most of what the tour points at, and the popover is a dialog by itself.
      const pointedAt = document.querySelector('.driver-active-element')
      for (const name of ['aria-haspopup', 'aria-expanded', 'aria-controls']) pointedAt?.removeAttribute(name)
    },
    popover: {
      title: words.title,
      description: words.text,
      popoverClass: 'tour',
      showButtons: hasBack ? ['next', 'previous', 'close'] : ['next', 'close'],
      nextBtnText: words.next,
      prevBtnText: words.back,
      showProgress: true,
      progressText: words.progress,
      onNextClick: popover.onNext,
      onPrevClick: popover.onBack,
      onCloseClick: popover.onEnd,
      onPopoverRender: ({ wrapper, title, footer, closeButton, nextButton }) => {
        // They are a header and a footer, which outside a section stand for those of the whole page.
        for (const part of [title, footer]) part.setAttribute('role', 'presentation')
        closeButton.setAttribute('aria-label', words.close)
        wrapper.addEventListener('keydown', keepTabInside)
        requestAnimationFrame(() => {
          nextButton.focus({ preventScroll: true })
        })
      },
    },
  })
  return () => {
    stopListening()
    guide.destroy()
  }
}

/** Presses go through to the page, which must never be in a buyer's way; any of them ends the tour. */
const listen = ({ target, onEnd, onUsed }: TourPopover): (() => void) => {
  const press = (event: MouseEvent) => {
    if (!(event.target instanceof Element) || event.target.closest('.driver-popover') !== null) return
    if (target?.contains(event.target) === true) onUsed()
    else onEnd()
  }
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    onEnd()
  }
  document.addEventListener('click', press, true)
  document.addEventListener('keydown', key, true)
  return () => {
    document.removeEventListener('click', press, true)
    document.removeEventListener('keydown', key, true)
  }
}

/** The library's own round also visits what is pointed at; a dialog's Tab stays in the dialog. */
const keepTabInside = (event: KeyboardEvent): void => {
  if (event.key !== 'Tab' || !(event.currentTarget instanceof HTMLElement)) return
  event.preventDefault()
  event.stopPropagation()
  const buttons = [...event.currentTarget.querySelectorAll('button')].filter(
    ({ offsetParent }) => offsetParent !== null,
  )
  const now = buttons.findIndex((button) => button === document.activeElement)
  buttons[(now + (event.shiftKey ? -1 : 1) + buttons.length) % buttons.length]?.focus()
}
