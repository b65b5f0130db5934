import type { Suggestion } from './useSearchSuggestions'

/**
 * How the search field behaves: arrows choose a suggestion, Enter opens it or else searches, Escape closes the list first.
 * Text that an input method is still composing is neither asked about nor sent.
 */
export const useSearchBox = (field: () => HTMLInputElement | null) => {
  const localePath = useLocalePath()
  const route = useRoute()
  const { suggestions, suggest, clear } = useSearchSuggestions()
  /** The chosen suggestion; -1 is what was typed. */
  const active = ref(-1)
  const isOpen = computed(() => suggestions.value.length > 0)
  const searchPath = computed(() => localePath('/search'))
  const queryOfPage = computed(() => {
    const { q } = route.query
    return route.path === searchPath.value && typeof q === 'string' ? q : ''
  })
  let isComposing = false
  /** What is typed while a page is on its way is meant for the search, and outlives that page's arrival. */
  let isTypedUnderWay = false
  onScopeDispose(
    useRouter().beforeEach(() => {
      isTypedUnderWay = false
    }),
  )

  const typed = (): string => field()?.value ?? ''
  const write = (text: string): void => {
    const input = field()
    if (input !== null) input.value = text
  }
  const close = (): void => {
    clear()
    active.value = -1
  }
  const move = (step: 1 | -1): void => {
    const places = suggestions.value.length + 1
    active.value = ((active.value + 1 + step + places) % places) - 1
  }
  const open = ({ productId }: Suggestion) => {
    close()
    write('')
    return navigateTo(localePath(`/products/${productId}`))
  }
  watch(
    () => route.fullPath,
    () => {
      if (isTypedUnderWay) return
      close()
      write(queryOfPage.value)
    },
  )

  const input = (): void => {
    isTypedUnderWay = true
    active.value = -1
    if (!isComposing) suggest(typed())
  }
  const on = {
    input,
    compositionStart: (): void => {
      isComposing = true
    },
    compositionEnd: (): void => {
      isComposing = false
      input()
    },
    keydown: (event: KeyboardEvent): void => {
      // 229: in Safari the key that ends a composition comes after the composition.
      if (isComposing || event.isComposing || event.keyCode === 229) return
      const chosen = suggestions.value[active.value]
      const isArrow = event.key === 'ArrowDown' || event.key === 'ArrowUp'
      if (isArrow && !isOpen.value) suggest(typed())
      else if (isArrow) move(event.key === 'ArrowDown' ? 1 : -1)
      else if (event.key === 'Enter' && chosen !== undefined) void open(chosen)
      else if (event.key === 'Escape' && isOpen.value) close()
      else return
      event.preventDefault()
    },
    submit: (event: Event) => {
      event.preventDefault()
      if (isComposing) return
      const q = typed().trim()
      close()
      return navigateTo({ path: searchPath.value, query: q === '' ? {} : { q } })
    },
    focusOut: ({ currentTarget, relatedTarget }: FocusEvent): void => {
      const stays =
        currentTarget instanceof Node &&
        relatedTarget instanceof Node &&
        currentTarget.contains(relatedTarget)
      if (!stays) close()
    },
  }
  return { suggestions, active, isOpen, searchPath, queryOfPage, on }
}
