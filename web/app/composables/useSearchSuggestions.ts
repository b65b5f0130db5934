export interface Suggestion {
  readonly productId: string
  readonly title: string
}

const SHORTEST = 2
/** Long enough to let a word be typed, short enough to feel immediate. */
const REST_MS = 180
const TIMEOUT_MS = 5_000
const MOST = 8

/**
 * Titles for what is being typed. Only the answer to the latest text counts: an earlier question is taken back, and
 * whatever still comes in is dropped. Without an answer there are simply no suggestions; the search itself still works.
 */
export const useSearchSuggestions = () => {
  const api = useApi()
  const { locale } = useI18n()
  const suggestions = shallowRef<readonly Suggestion[]>([])
  let rest: ReturnType<typeof setTimeout> | undefined
  let question: AbortController | undefined

  const stop = (): void => {
    clearTimeout(rest)
    question?.abort()
    question = undefined
  }
  const clear = (): void => {
    stop()
    suggestions.value = []
  }
  const ask = async (q: string): Promise<void> => {
    const asked = new AbortController()
    question = asked
    const answer = await api
      .GET('/api/products/suggest', {
        params: { query: { q, size: MOST, lang: locale.value } },
        signal: AbortSignal.any([asked.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      })
      .catch(() => undefined)
    if (question === asked) suggestions.value = answer?.data?.items ?? []
  }
  const suggest = (text: string): void => {
    stop()
    const q = text.trim()
    if (q.length < SHORTEST) suggestions.value = []
    else rest = setTimeout(() => void ask(q), REST_MS)
  }
  onBeforeUnmount(stop)
  return { suggestions, suggest, clear }
}
