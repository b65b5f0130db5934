import { publicPages } from '../catalogue/pages'

/** How each language writes itself in `hreflang`, and what its addresses begin with. */
const LANGUAGES = [
  { hreflang: 'ja', prefix: '' },
  { hreflang: 'en', prefix: '/en' },
  { hreflang: 'zh', prefix: '/zh' },
] as const

/** Every public page in every language, each naming its siblings (sitemaps.org; hreflang as Google reads it). */
export default defineEventHandler(async (event) => {
  const pages = await publicPages(event).catch(() => undefined)
  if (pages === undefined) {
    setResponseStatus(event, 503)
    setResponseHeader(event, 'retry-after', 60)
    return ''
  }
  const site = useRuntimeConfig(event).public.i18n.baseUrl
  setResponseHeader(event, 'content-type', 'application/xml; charset=utf-8')
  setResponseHeader(event, 'cache-control', 'public, max-age=3600')
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">',
    ...pages.flatMap((page) => entries(site, page)),
    '</urlset>',
    '',
  ].join('\n')
})

const entries = (site: string, page: string): readonly string[] => {
  const addresses = LANGUAGES.map(({ hreflang, prefix }) => ({
    hreflang,
    href: written(site + (page === '/' && prefix !== '' ? prefix : prefix + page)),
  }))
  const siblings = addresses.map(
    ({ hreflang, href }) => `<xhtml:link rel="alternate" hreflang="${hreflang}" href="${href}"/>`,
  )
  return addresses.map(({ href }) => `<url><loc>${href}</loc>${siblings.join('')}</url>`)
}

const written = (address: string): string =>
  address.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
