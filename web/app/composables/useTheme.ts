export type Theme = 'system' | 'light' | 'dark'

const YEAR_SECONDS = 365 * 86_400

/** The reader's choice of light or dark. Only a choice is kept, in a cookie, so that the server already draws it. */
export const useTheme = () => {
  const chosen = useCookie<string | null>('theme', { maxAge: YEAR_SECONDS, sameSite: 'lax' })
  const theme = computed<Theme>({
    get: () => (chosen.value === 'light' || chosen.value === 'dark' ? chosen.value : 'system'),
    set: (value) => {
      chosen.value = value === 'system' ? null : value
    },
  })
  return { theme }
}
