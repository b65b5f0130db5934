import { randomBytes } from 'node:crypto'

/** Pages run only the scripts they came with, and nothing of them leaves the origin. */
const policy = (nonce: string): string =>
  [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    // Positions of floating parts are style attributes.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')

export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('render:html', (html, { event }) => {
    const nonce = randomBytes(16).toString('base64')
    const marked = (chunks: string[]) =>
      chunks.map((chunk) => chunk.replaceAll(/<(script|style)(?=[\s>])/g, `<$1 nonce="${nonce}"`))
    html.head = marked(html.head)
    html.bodyPrepend = marked(html.bodyPrepend)
    html.bodyAppend = marked(html.bodyAppend)
    if (!import.meta.dev) setResponseHeader(event, 'content-security-policy', policy(nonce))
    setResponseHeader(event, 'x-content-type-options', 'nosniff')
    setResponseHeader(event, 'referrer-policy', 'strict-origin-when-cross-origin')
    setResponseHeader(event, 'cross-origin-opener-policy', 'same-origin')
    setResponseHeader(event, 'permissions-policy', 'camera=(), microphone=(), geolocation=()')
    // Pages hold who is signed in, and change with the stock; only what never changes is kept by browsers.
    setResponseHeader(event, 'cache-control', 'private, no-cache')
  })
  // Which software answers is nobody's business.
  nitro.hooks.hook('render:response', ({ headers }) => {
    if (headers !== undefined) delete headers['x-powered-by']
  })
})
