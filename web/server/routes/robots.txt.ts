/** What belongs to one visitor alone, in every language. Orders are behind the sign-in, which is closed here already. */
const PRIVATE = ['/cart', '/checkout', '/sign-in', '/sign-up', '/reset-password']

export default defineEventHandler((event) => {
  setResponseHeader(event, 'content-type', 'text/plain; charset=utf-8')
  setResponseHeader(event, 'cache-control', 'public, max-age=3600')
  return [
    'User-agent: *',
    'Disallow: /api/',
    'Allow: /api/docs',
    ...['', '/en', '/zh'].flatMap((prefix) => PRIVATE.map((path) => `Disallow: ${prefix}${path}`)),
    '',
    `Sitemap: ${useRuntimeConfig(event).public.i18n.baseUrl}/sitemap.xml`,
    '',
  ].join('\n')
})
