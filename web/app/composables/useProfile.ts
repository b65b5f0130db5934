import type { Me } from '~/api/types'
import {
  type Person,
  type PersonField,
  type PersonProblems,
  personOf,
  problemsOf,
  profileOf,
  refusedFields,
  tidied,
} from '~/profile/person'

/** How the last save ended; a key of the words that say so. */
export type ProfileNews = 'saved' | 'changed' | 'refused' | 'throttled' | 'resting' | 'offline'

interface KnownMe {
  readonly me: Me
  readonly etag: string
}

const PATIENCE_MS = 15_000
const SHOP_OFFSET_MS = 9 * 60 * 60_000
const todayInJapan = (): string => new Date(Date.now() + SHOP_OFFSET_MS).toISOString().slice(0, 10)

/** What the shop knows of the person, as a form that can be saved. A save never overwrites what another tab saved. */
export const useProfile = async () => {
  const api = useApi()
  const signIn = useOrderSignIn()
  const { session, refresh: refreshSession } = useSession()
  const asked = useAsyncData('me', async () => {
    const reply = await api.GET('/api/me').catch(() => undefined)
    if (reply?.response.status === 401) return 'signed-out' as const
    if (reply?.data === undefined) return 'unavailable' as const
    return { me: reply.data, etag: reply.response.headers.get('etag') ?? '' } satisfies KnownMe
  })
  const { data, status, refresh } = asked
  const known = computed(() => (typeof data.value === 'object' ? data.value : undefined))
  const person = ref<Person>(personOf(undefined))
  const problems = ref<PersonProblems>({})
  const news = ref<ProfileNews>()
  const isBusy = ref(false)

  const show = (): void => {
    const { me } = known.value ?? {}
    if (me !== undefined) person.value = personOf(me.profile, me.email)
    problems.value = {}
  }
  const leave = async (): Promise<void> => {
    if (data.value === 'signed-out') await signIn()
  }
  watch(data, leave)
  await asked
  await leave()
  show()

  const load = async (): Promise<void> => {
    await Promise.all([refresh(), session.value.authenticated ? undefined : refreshSession()])
    news.value = undefined
    show()
  }

  const change = (field: PersonField, text: string): void => {
    person.value = { ...person.value, [field]: text }
    news.value = undefined
    if (problems.value[field] === undefined) return
    const { [field]: problem } = problemsOf(tidied(person.value), todayInJapan())
    const { [field]: _before, ...others } = problems.value
    problems.value = problem === undefined ? others : { ...others, [field]: problem }
  }

  const put = () =>
    api.PUT('/api/me', {
      body: profileOf(person.value),
      headers: { 'if-match': known.value?.etag ?? '*' },
      signal: AbortSignal.timeout(PATIENCE_MS),
    })

  const send = async (): Promise<ProfileNews | undefined> => {
    let reply = await put()
    if (reply.response.status === 403 && (await refreshSession()).authenticated) reply = await put()
    const { data: me, error, response } = reply
    if (me !== undefined) {
      data.value = { me, etag: response.headers.get('etag') ?? '' }
      show()
      return 'saved'
    }
    if (response.status === 401) {
      await signIn()
      return undefined
    }
    if (response.status === 412) return 'changed'
    if (response.status === 429) return 'throttled'
    if (error?.code === 'REDIS_UNAVAILABLE') return 'resting'
    if (response.status >= 500) return 'offline'
    problems.value = refusedFields(error?.errors ?? [])
    return Object.keys(problems.value).length > 0 ? undefined : 'refused'
  }

  /** Answers whether it is recorded now; otherwise `problems` or `news` say why not. */
  const save = async (): Promise<boolean> => {
    if (isBusy.value) return false
    person.value = tidied(person.value)
    problems.value = problemsOf(person.value, todayInJapan())
    news.value = undefined
    if (Object.keys(problems.value).length > 0) return false
    isBusy.value = true
    try {
      news.value = await send().catch((): ProfileNews => 'offline')
      return news.value === 'saved'
    } finally {
      isBusy.value = false
    }
  }

  return {
    me: computed(() => known.value?.me),
    isLoading: computed(() => status.value === 'pending'),
    person,
    problems,
    news,
    isBusy,
    load,
    change,
    save,
    today: todayInJapan,
  }
}
