/** Brings the words of the pages about oneself, which other visitors do not have to load. To be awaited before one shows anything. */
export const useProfileWords = async (): Promise<void> => {
  const { $i18n } = useNuxtApp()
  if ($i18n.te('profile.title')) return
  const { profileWords } = await import('~/profile/words')
  for (const [locale, words] of Object.entries(profileWords)) $i18n.mergeLocaleMessage(locale, words)
}
