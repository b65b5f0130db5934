import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import type { ApiScope } from '../instance.ts'
import { DOCUMENTATION_POLICY } from './security-headers.ts'

/** Must come before the routes it describes. */
export const describeApi = async (app: ApiScope, publicUrl: string): Promise<void> => {
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
      servers: [{ url: publicUrl }],
      tags: [
        { name: 'auth', description: 'Signing in and out' },
        { name: 'catalogue', description: 'What is on sale' },
        { name: 'orders', description: 'Placing and following orders' },
        { name: 'payments', description: 'Codes, and asking the provider' },
        { name: 'provider', description: 'What PayPay calls' },
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
  })
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: DOCUMENTATION_POLICY,
    uiConfig: { deepLinking: true, tryItOutEnabled: false },
  })
  app.get('/api/openapi.json', { schema: { hide: true } }, (_request, reply) =>
    reply.header('cache-control', 'no-cache').send(app.swagger()),
  )
}
