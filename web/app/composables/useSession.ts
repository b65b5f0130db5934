export interface SessionState {
  readonly authenticated: boolean
  readonly csrfToken?: string | undefined
  readonly customerId?: string | undefined
  readonly email?: string | undefined
  readonly roles?: readonly string[] | undefined
  readonly developmentSignIn: boolean
  /** Who is shopping cannot be told just now, so the rest is what was known before. */
  readonly sessionsUnavailable?: true | undefined
}

const ANONYMOUS: SessionState = { authenticated: false, developmentSignIn: false }

export const useSessionState = () => useState<SessionState>('session', () => ANONYMOUS)

/** Who is shopping. The state is as the API last said; a page that must be sure asks again with `refresh`. */
export const useSession = () => {
  const state = useSessionState()
  const api = useApi()

  /** Asks the API; leaves the state as it is when there is no answer. */
  const refresh = async (): Promise<SessionState> => {
    const { data } = await api.GET('/api/auth/status').catch(() => ({ data: undefined }))
    if (data?.sessionsUnavailable === true) state.value = { ...state.value, sessionsUnavailable: true }
    else if (data !== undefined) state.value = data
    return state.value
  }

  /** For when the API says that the session is over. */
  const forget = (): void => {
    state.value = { authenticated: false, developmentSignIn: state.value.developmentSignIn }
  }

  return { session: readonly(state), refresh, forget }
}
