import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { asyncApiDocument, type AsyncApiSettings } from '../asyncapi.ts'
import type { ApiScope } from '../instance.ts'
import { DOCUMENTATION_POLICY } from './security-headers.ts'

/** The name in the page's dark bar. */
const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="150" height="40" role="img" aria-label="Kessai"><text y="28" fill="#fff" font-family="sans-serif" font-size="22">Kessai 決済</text></svg>'

/** Must come before the routes it describes. */
export const describeApi = async (app: ApiScope, config: AsyncApiSettings): Promise<void> => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Kessai',
        version: '1',
        description:
          'Catalogue, checkout and payment of the shop. Every error is a problem document (RFC 9457) with a stable `code`; ' +
          'calls that change something carry `X-CSRF-Token`; calls that create something carry `Idempotency-Key`.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: config.publicUrl }],
      tags: [
        { name: 'auth', description: 'Signing in and out' },
        { name: 'shop', description: 'Who sells here, and how one can pay' },
        { name: 'catalogue', description: 'What is on sale' },
        { name: 'cart', description: 'What a customer means to buy, on every device' },
        { name: 'me', description: 'What the shop knows of me, and the end of it' },
        { name: 'orders', description: 'Placing and following orders' },
        { name: 'payments', description: 'Codes, and asking the provider' },
        { name: 'provider', description: 'What PayPay calls' },
        { name: 'ops', description: 'What staff do; needs a staff role' },
        { name: 'audit', description: 'What auditors read; needs the role auditor or admin' },
        { name: 'machines', description: 'Health, metrics and descriptions' },
      ],
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'sid' },
          csrf: { type: 'apiKey', in: 'header', name: 'X-CSRF-Token' },
        },
      },
    },
    transform: jsonSchemaTransform,
    // Puts the shapes that routes refer to by name into the document.
    transformObject: jsonSchemaTransformObject,
  })
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: DOCUMENTATION_POLICY,
    logo: { type: 'image/svg+xml', content: Buffer.from(LOGO), href: '/api/docs', target: '_self' },
    theme: { title: 'Kessai API' },
    uiConfig: { deepLinking: true, tryItOutEnabled: false },
  })
  app.get('/api/openapi.json', { config: { access: 'open' }, schema: { hide: true } }, (_request, reply) =>
    reply.header('cache-control', 'no-cache').send(app.swagger()),
  )
  const asyncApi = asyncApiDocument(config)
  app.get('/api/asyncapi.json', { config: { access: 'open' }, schema: { hide: true } }, (_request, reply) =>
    reply.header('cache-control', 'no-cache').send(asyncApi),
  )
}
