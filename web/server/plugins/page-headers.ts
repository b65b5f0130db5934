import { randomBytes } from 'node:crypto'

/** What the server beside us hangs on each request where people sign in at Google's. */
interface SignInHosts {
  readonly connect: readonly string[]
  readonly script: readonly string[]
  readonly frame: readonly string[]
}

/**
 * Pages run only the scripts they came with, and nothing of them leaves the origin, but for what signing in needs. Every
 * page has that, because the way from any of them to the sign-in page loads no other document.
 */
const policy = (nonce: string, hosts: SignInHosts | undefined): string =>
  [
    "default-src 'self'",
    ["script-src 'self'", `'nonce-${nonce}'`, ...(hosts?.script ?? [])].join(' '),
    `style-src 'self' 'nonce-${nonce}'`,
    // Positions of floating parts are style attributes.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    ["connect-src 'self'", ...(hosts?.connect ?? [])].join(' '),
    ...(hosts === undefined ? [] : [['frame-src', ...hosts.frame].join(' ')]),
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
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the mount of the storefront put it there
    const { signInHosts } = event.node.req as { readonly signInHosts?: SignInHosts }
    if (!import.meta.dev) setResponseHeader(event, 'content-security-policy', policy(nonce, signInHosts))
    setResponseHeader(event, 'x-content-type-options', 'nosniff')
    setResponseHeader(event, 'referrer-policy', 'strict-origin-when-cross-origin')
    // A sign-in window that this page opened must be able to tell it that it is done.
    const opener = signInHosts === undefined ? 'same-origin' : 'same-origin-allow-popups'
    setResponseHeader(event, 'cross-origin-opener-policy', opener)
    setResponseHeader(event, 'permissions-policy', 'camera=(), microphone=(), geolocation=()')
    // Pages hold who is signed in, and change with the stock; only what never changes is kept by browsers.
    setResponseHeader(event, 'cache-control', 'private, no-cache')
  })
  // Which software answers is nobody's business.
  nitro.hooks.hook('render:response', ({ headers }) => {
    if (headers !== undefined) delete headers['x-powered-by']
  })
})
