/** Brings the words of the staff's pages, which no visitor has to load. To be awaited before such a page shows anything. */
export const useStaffWords = async (): Promise<void> => {
  const { $i18n } = useNuxtApp()
  if ($i18n.te('admin.title')) return
  const { staffWords } = await import('~/admin/words')
  for (const [locale, words] of Object.entries(staffWords)) $i18n.mergeLocaleMessage(locale, words)
}
