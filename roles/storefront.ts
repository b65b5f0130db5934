import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import compression from 'compression'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { FirebaseProject } from '#platform/config/firebase.ts'
import { signInHostsOf } from './sign-in-hosts.ts'

/** What the built storefront gives us: an ordinary Node request handler. */
const Built = z.object({
  listener: z.custom<(request: IncomingMessage, response: ServerResponse) => void>(
    (value) => typeof value === 'function',
  ),
})
type BuiltStorefront = z.infer<typeof Built>

type Compress = (request: IncomingMessage, response: ServerResponse, next: () => void) => void

/** While it renders, the storefront asks the API beside it through this instead of over the network. */
type ApiFetch = (request: Request) => Promise<Response>

const built = new URL('../web/.output/', import.meta.url)
const FOREVER = 'public, max-age=31536000, immutable'
/** Pictures and the like have no hash in their names, so a changed one must be seen the next day. */
const ONE_DAY = 'public, max-age=86400'

export interface StorefrontOptions {
  readonly logger: Logger
  /** Named in canonical links and the sitemap; the address a visitor used where the shop was not told its own. */
  readonly publicUrl: string | undefined
  /** Pages may then talk to it, besides their own origin. */
  readonly firebase: FirebaseProject | undefined
}

/**
 * Serves the built storefront beside the API, on its port; without a build, `/` leads to the API's documentation. Must
 * be called before the API listens.
 */
export const mountStorefront = async (
  app: FastifyInstance,
  { logger, publicUrl, firebase }: StorefrontOptions,
): Promise<void> => {
  if (!existsSync(new URL('server/index.mjs', built))) {
    logger.info('The storefront is not built (`npm start` builds it): this is the API alone')
    app.get('/', (_request, reply) => reply.redirect('/api/docs'))
    return
  }
  if (publicUrl !== undefined) process.env['NUXT_PUBLIC_I18N_BASE_URL'] = publicUrl
  const { listener } = await loadQuietly()
  await app.register(fastifyStatic, {
    root: fileURLToPath(new URL('public/', built)),
    wildcard: false,
    index: false,
    preCompressed: true,
    setHeaders: (response, path) => {
      response.header('cache-control', path.includes('/_nuxt/') ? FOREVER : ONE_DAY)
      response.header('x-content-type-options', 'nosniff')
    },
  })
  const signInHosts = firebase === undefined ? undefined : signInHostsOf(firebase)
  // Pages leave outside the API's reply pipeline, so they are compressed on their own way out.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- typed for Express, it asks for no more than Node's own.
  const compress = compression() as Compress
  app.get('/*', (request, reply) => {
    const { raw } = request
    // The page shows the id under which the log knows the request, and the API logs its questions under the same one.
    raw.headers['x-correlation-id'] = request.id
    reply.raw.setHeader('x-correlation-id', request.id)
    const apiFetch = apiFetchFor(app, request.id, request.ip)
    reply.hijack()
    compress(raw, reply.raw, () => {
      listener(Object.assign(raw, { apiFetch, signInHosts }), reply.raw)
    })
  })
}

const apiFetchFor =
  (app: FastifyInstance, correlationId: string, remoteAddress: string): ApiFetch =>
  async (request) => {
    const { pathname, search } = new URL(request.url)
    const reply = await app.inject({
      method: request.method === 'POST' ? 'POST' : request.method === 'PUT' ? 'PUT' : 'GET',
      url: pathname + search,
      headers: { ...Object.fromEntries(request.headers), 'x-correlation-id': correlationId },
      remoteAddress,
      ...(request.body === null ? {} : { payload: await request.text() }),
    })
    const headers = new Headers()
    for (const [name, value] of Object.entries(reply.headers))
      if (value !== undefined) headers.set(name, String(value))
    const isEmpty = reply.statusCode === 204 || reply.statusCode === 304
    return new Response(isEmpty ? null : reply.body, { status: reply.statusCode, headers })
  }

/** The built server would swallow uncaught errors of the whole process; a payment process must die of them. */
const loadQuietly = async (): Promise<BuiltStorefront> => {
  const rejections = process.listeners('unhandledRejection')
  const exceptions = process.listeners('uncaughtException')
  const loaded = Built.parse(await import(new URL('server/index.mjs', built).href))
  for (const added of process.listeners('unhandledRejection'))
    if (!rejections.includes(added)) process.removeListener('unhandledRejection', added)
  for (const added of process.listeners('uncaughtException'))
    if (!exceptions.includes(added)) process.removeListener('uncaughtException', added)
  return loaded
}
