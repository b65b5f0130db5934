import { soon, whenIdleAndUnused } from '~/tour/occasion'
import { TOUR_STEPS, targetOf, type TourStep, type TourStepId } from '~/tour/steps'

/** Where somebody is in the middle of something; the tour waits until they are somewhere else. */
const NOT_HERE = /^\/(?:(?:en|zh)\/)?(?:sign-in|checkout|orders)(?:\/|$)/

const indexOf = (id: TourStepId): number => TOUR_STEPS.findIndex((step) => step.id === id)

/**
 * Shows the way of a purchase, once by itself on the first visit of the home page and whenever an address says
 * `?tour=true`. Goes on over page changes and reloads where it was; ends for good when it is closed.
 */
export const useTour = () => {
  const { t } = useI18n()
  const route = useRoute()
  const router = useRouter()
  const localePath = useLocalePath()
  const nuxtApp = useNuxtApp()
  const error = useError()
  const mark = useTourMark()
  const { isOpen: cartIsOpen } = useCartDrawer()
  /** Said to those who do not see the popover. */
  const said = ref('')
  let takeAway: (() => void) | undefined
  let callOff: (() => void) | undefined
  let focusBefore: HTMLElement | undefined
  /** Counts what was shown, so that what took long to load is not shown after its time. */
  let turn = 0

  const hide = () => {
    turn++
    takeAway?.()
    takeAway = undefined
    said.value = ''
  }

  const end = () => {
    hide()
    mark.write('done')
    const back = focusBefore?.isConnected === true ? focusBefore : document.getElementById('main')
    focusBefore = undefined
    back?.focus({ preventScroll: true })
  }

  const goTo = (index: number): void => {
    const step = TOUR_STEPS[index]
    if (step === undefined) end()
    else void show(step)
  }

  const show = async (step: TourStep): Promise<void> => {
    hide()
    const mine = turn
    mark.write(step.id)
    const index = indexOf(step.id)
    const isThere = step.leadsTo === undefined || route.path === localePath(step.leadsTo)
    const isLast = index === TOUR_STEPS.length - 1
    const [{ showPopover }, target] = await Promise.all([
      import('~/tour/popover'),
      isThere ? soon(() => targetOf(step.id)) : targetOf(step.id),
    ])
    if (mine !== turn || cartIsOpen.value || document.querySelector('[role=dialog]') !== null) return
    if (target === undefined && isThere && !isLast) {
      goTo(index + 1)
      return
    }
    const mustLead = target === undefined && !isThere
    const active = document.activeElement
    if (focusBefore === undefined && active instanceof HTMLElement && active !== document.body)
      focusBefore = active
    const progress = t('tour.progress', { step: index + 1, steps: TOUR_STEPS.length })
    takeAway = showPopover({
      target,
      words: {
        title: t(`tour.${step.id}.title`),
        text: t(`tour.${step.id}.text`),
        progress,
        next: mustLead ? t(`tour.${step.id}.lead`) : isLast ? t('tour.done') : t('tour.next'),
        back: t('tour.back'),
        close: t('tour.close'),
      },
      hasBack: index > 0,
      onNext: () => {
        if (mustLead && step.leadsTo !== undefined) void router.push(localePath(step.leadsTo))
        else goTo(index + 1)
      },
      onBack: () => {
        goTo(index - 1)
      },
      onEnd: end,
      onUsed: () => {
        hide()
        mark.write(TOUR_STEPS[index + 1]?.id ?? 'done')
      },
    })
    said.value = t('tour.said', { progress, title: t(`tour.${step.id}.title`) })
  }

  const start = () => {
    goTo(0)
  }

  /** For a page that has just come up. */
  const consider = () => {
    callOff?.()
    if ((error.value !== undefined && error.value !== null) || cartIsOpen.value) return
    if (route.query.tour === 'true') {
      const { tour: _, ...query } = route.query
      void router.replace({ query, hash: route.hash }).then(start)
      return
    }
    const kept = mark.read()
    if (kept === undefined) {
      if (route.path === localePath('/')) callOff = whenIdleAndUnused(start)
    } else if (kept !== 'done' && takeAway === undefined && !NOT_HERE.test(route.path)) goTo(indexOf(kept))
  }

  onNuxtReady(consider)
  const stops = [
    nuxtApp.hook('page:finish', () => {
      if (nuxtApp.isHydrating !== true) consider()
    }),
    router.beforeEach((to, from) => {
      if (to.path !== from.path) hide()
    }),
  ]
  watch(cartIsOpen, (open) => {
    if (open) hide()
  })
  watch(
    () => route.query.tour,
    (wanted) => {
      if (wanted === 'true') consider()
    },
  )
  onBeforeUnmount(() => {
    callOff?.()
    hide()
    for (const stop of stops) stop()
  })
  return { said: readonly(said) }
}
