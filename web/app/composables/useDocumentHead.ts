/** What every page's head says, the error page's too: language, addresses in the other languages, theme, shop. */
export const useDocumentHead = () => {
  const head = useLocaleHead({ seo: true })
  const site = useRuntimeConfig().public.i18n.baseUrl
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
    ],
    titleTemplate: (title?: string) =>
      title === undefined || title === '' ? t('shell.shopName') : `${title} · ${t('shell.shopName')}`,
  }))
  useSeoMeta({
    description: () => t('shell.description'),
    ogSiteName: () => t('shell.shopName'),
    ogType: 'website',
    ogImage: `${site}/social-card.png`,
    twitterCard: 'summary_large_image',
  })
}
