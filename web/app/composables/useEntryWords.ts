/** Brings the words of signing in and up, which other pages do without. To be awaited before such a page shows anything. */
export const useEntryWords = async (): Promise<void> => {
  const { $i18n } = useNuxtApp()
  if ($i18n.te('entry.password')) return
  const { entryWords } = await import('~/sign-in/words')
  for (const [locale, words] of Object.entries(entryWords)) $i18n.mergeLocaleMessage(locale, words)
}
