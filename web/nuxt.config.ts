import { fileURLToPath } from 'node:url'

/**
 * One catalogue per room and language, so that a page's words are found beside its kind. The staff's is not among them: it
 * comes with their pages, see composables/useStaffWords.ts.
 */
const rooms = [
  'shell',
  'catalogue',
  'cart',
  'checkout',
  'payment',
  'orders',
  'wallet',
  'pages',
  'tour',
  'mailbox',
  'news',
]
const filesOf = (code: string) => rooms.map((room) => `${code}/${room}.json`)

/** Latin, digits and punctuation only: Japanese and Chinese come from the reader's own system. */
const interLatin = fileURLToPath(
  new URL('../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2', import.meta.url),
)

export default defineNuxtConfig({
  compatibilityDate: '2026-01-01',
  telemetry: false,
  devtools: { enabled: false },
  modules: ['@nuxtjs/i18n'],
  // A second place to build in, so that a development server does not disturb the built shop.
  ...(process.env.STOREFRONT_BUILD_DIR === undefined ? {} : { buildDir: process.env.STOREFRONT_BUILD_DIR }),
  alias: { '@inter-latin': interLatin },
  css: ['~/assets/css/tokens.css', '~/assets/css/base.css', '~/assets/css/print.css'],
  components: [{ path: '~/components', pathPrefix: false }],
  app: {
    head: {
      charset: 'utf-8',
      viewport: 'width=device-width, initial-scale=1',
      link: [
        { rel: 'icon', href: '/favicon.ico', sizes: '32x32' },
        { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
        { rel: 'apple-touch-icon', href: '/apple-touch-icon.png' },
        { rel: 'manifest', href: '/site.webmanifest' },
      ],
    },
  },
  features: { inlineStyles: true },
  experimental: {
    // A page whose script cannot be had is told so by us, see plugins/unreachable-pages.client.ts.
    emitRouteChunkError: 'manual',
    appManifest: false,
    payloadExtraction: false,
    // A page is fetched ahead when somebody is about to go there, not because a link to it can be seen.
    defaults: { nuxtLink: { prefetchOn: { interaction: true, visibility: false } } },
  },
  hooks: {
    // What a page shows first has its styles inside it. The rest comes with the script that needs it and holds up nothing.
    'build:manifest': (manifest) => {
      for (const chunk of Object.values(manifest)) {
        if (chunk.isEntry !== true) chunk.css = []
        // What a page may need later is fetched when it is needed: a phone pays for what it loads.
        chunk.prefetch = false
      }
    },
  },
  runtimeConfig: {
    /** Where server rendering finds the API while it is not mounted beside it, as in `nuxt dev`. */
    apiOrigin: 'http://127.0.0.1:8080',
  },
  i18n: {
    defaultLocale: 'ja',
    strategy: 'prefix_except_default',
    detectBrowserLanguage: false,
    // No component of its own is used, only its functions.
    bundle: { fullInstall: false },
    locales: [
      { code: 'ja', language: 'ja-JP', name: '日本語', files: filesOf('ja') },
      { code: 'en', language: 'en-US', name: 'English', files: filesOf('en') },
      { code: 'zh', language: 'zh-CN', name: '中文', files: filesOf('zh') },
    ],
  },
  // Pictures are files of the shop with addresses of their own, never modules that a build takes in.
  vite: {
    $client: {
      // What every page needs comes in one file, and what many share in another: a phone opens six connections, each file
      // costs it a round trip, and in one file the same words are packed once.
      build: {
        rolldownOptions: {
          output: {
            advancedChunks: {
              groups: [
                {
                  name: 'frame',
                  test: /[\\/](?:nuxt[\\/]dist[\\/]app[\\/]entry\.js|layouts[\\/]default\.vue)/,
                },
                { name: 'shared', minShareCount: 6 },
              ],
            },
          },
        },
      },
    },
    vue: { template: { transformAssetUrls: false } },
    // Every component here has a setup function; Vue's older way of writing them stays out of what visitors load.
    define: { __VUE_OPTIONS_API__: 'false' },
  },
  nitro: {
    compressPublicAssets: { gzip: true, brotli: true },
    devProxy: {
      '/api': { target: `${process.env.NUXT_API_ORIGIN ?? 'http://127.0.0.1:8080'}/api`, changeOrigin: true },
      '/ws': {
        target: `${(process.env.NUXT_API_ORIGIN ?? 'http://127.0.0.1:8080').replace('http', 'ws')}/ws`,
        ws: true,
      },
    },
  },
  typescript: { strict: true, tsConfig: { compilerOptions: { noUncheckedIndexedAccess: true } } },
})
