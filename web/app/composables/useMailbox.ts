import type { MailList, ReadMail } from '~/api/types'

type Answer<T> = T | 'signed-out' | 'missing' | 'unavailable'

const answered = <T>(reply: { data?: T; response: Response } | undefined): Answer<T> => {
  if (reply?.data !== undefined) return reply.data
  if (reply?.response.status === 401) return 'signed-out'
  return reply?.response.status === 404 ? 'missing' : 'unavailable'
}

/** The reader's mails, or one of them. A shop that sends its mails has no such page. */
const useMails = async <T extends object>(key: string, ask: () => Promise<Answer<T>>) => {
  const signIn = useOrderSignIn()
  const { session, refresh: askWho } = useSession()
  // Never what an earlier visit was told: mails come while one looks elsewhere.
  const { data, refresh } = await useAsyncData(key, ask)
  if (data.value === 'signed-out') await signIn()
  if (data.value === 'missing')
    throw createError({ statusCode: 404, statusMessage: 'Not Found', fatal: true })
  return {
    found: computed(() => (typeof data.value === 'object' ? data.value : undefined)),
    retry: () => Promise.all([refresh(), session.value.authenticated ? undefined : askWho()]),
  }
}

export const useMailList = () => {
  const api = useApi()
  return useMails<MailList>('mailbox', async () =>
    answered(await api.GET('/api/mailbox').catch(() => undefined)),
  )
}

export const useOneMail = (mailId: string) => {
  const api = useApi()
  const params = { path: { id: mailId } }
  return useMails<ReadMail>(`mailbox-${mailId}`, async () =>
    answered(await api.GET('/api/mailbox/{id}', { params }).catch(() => undefined)),
  )
}
