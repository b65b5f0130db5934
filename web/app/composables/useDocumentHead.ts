/** What every page's head says, the error page's too: language, addresses in the other languages, theme, shop. */
export const useDocumentHead = () => {
  const head = useLocaleHead({ seo: true })
  const { theme } = useTheme()
  const { t } = useI18n()

  useHead(() => ({
    htmlAttrs: {
      lang: head.value.htmlAttrs?.lang ?? 'ja-JP',
      ...(theme.value === 'system' ? {} : { 'data-theme': theme.value }),
    },
    link: head.value.link ?? [],
    meta: [
      ...(head.value.meta ?? []),
      { name: 'theme-color', content: '#fbf9f4', media: '(prefers-color-scheme: light)' },
      { name: 'theme-color', content: '#14171c', media: '(prefers-color-scheme: dark)' },
      { name: 'description', content: t('shell.description') },
    ],
    titleTemplate: (title?: string) =>
      title === undefined || title === '' ? t('shell.shopName') : `${title} · ${t('shell.shopName')}`,
  }))
  // Shared links are looked up on the server alone.
  if (import.meta.server)
    useHead({
      meta: [
        { property: 'og:site_name', content: () => t('shell.shopName') },
        { property: 'og:type', content: 'website' },
        { property: 'og:image', content: `${useRuntimeConfig().public.i18n.baseUrl}/social-card.png` },
        { name: 'twitter:card', content: 'summary_large_image' },
      ],
    })
}
