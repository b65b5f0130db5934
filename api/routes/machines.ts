import { z } from 'zod'
import type { ApiDependencies, ReadinessPart } from '../dependencies.ts'
import type { ApiScope } from '../instance.ts'
import { sendProblem } from '../plugins/problem-replies.ts'
import { isProblemCode, Problem, PROBLEMS } from '../problems.ts'

const tags = ['machines']

const Parts = z
  .array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string().optional() }))
  .readonly()
const Health = z.object({ status: z.enum(['ok', 'not-ready']), parts: Parts })
const Actuator = z.object({
  status: z.enum(['UP', 'DOWN']),
  components: z.record(
    z.string(),
    z.object({ status: z.enum(['UP', 'DOWN']), detail: z.string().optional() }),
  ),
})

/** Health, metrics and the words behind the problem codes. */
export const machineRoutes = (app: ApiScope, { readiness, metrics, logger }: ApiDependencies): void => {
  let hasStarted = false

  const checked = async (): Promise<{ readonly ok: boolean; readonly parts: readonly ReadinessPart[] }> => {
    try {
      const parts = await readiness()
      const ok = parts.every((part) => part.ok || part.isAside === true)
      hasStarted ||= ok
      return { ok, parts }
    } catch (error) {
      logger.warn({ error: String(error) }, 'Readiness could not be told')
      return { ok: false, parts: [{ name: 'readiness', ok: false, detail: 'could not be told' }] }
    }
  }

  app.addHook('onSend', (_request, reply, payload, done) => {
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store')
    done(null, payload)
  })

  app.get(
    '/health/live',
    {
      config: { access: 'machine' },
      schema: {
        tags,
        summary: 'The process answers',
        response: { 200: z.object({ status: z.literal('ok') }) },
      },
    },
    () => ({ status: 'ok' as const }),
  )

  app.get(
    '/health/ready',
    {
      config: { access: 'machine' },
      schema: { tags, summary: 'Everything it needs works', response: { 200: Health, 503: Health } },
    },
    async (_request, reply) => {
      const { ok, parts } = await checked()
      return reply.code(ok ? 200 : 503).send({ status: ok ? 'ok' : 'not-ready', parts })
    },
  )

  app.get(
    '/health/startup',
    {
      config: { access: 'machine' },
      schema: { tags, summary: 'It has been ready once', response: { 200: Health, 503: Health } },
    },
    async (_request, reply) => {
      const { parts } = await checked()
      return reply.code(hasStarted ? 200 : 503).send({ status: hasStarted ? 'ok' : 'not-ready', parts })
    },
  )

  app.get(
    '/actuator/health',
    {
      config: { access: 'machine' },
      schema: { tags, summary: 'Readiness in another dialect', response: { 200: Actuator, 503: Actuator } },
    },
    async (_request, reply) => {
      const { ok, parts } = await checked()
      const components = Object.fromEntries(
        parts.map((part) => [
          part.name,
          { status: upOrDown(part.ok), ...(part.detail === undefined ? {} : { detail: part.detail }) },
        ]),
      )
      return reply.code(ok ? 200 : 503).send({ status: upOrDown(ok), components })
    },
  )

  app.get(
    '/metrics',
    { config: { access: 'machine' }, schema: { tags, summary: 'Prometheus metrics' } },
    async (_request, reply) =>
      reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )

  app.get(
    '/problems/:code',
    {
      config: { access: 'machine' },
      schema: { tags, summary: 'What a problem code means', params: z.object({ code: z.string().max(64) }) },
    },
    (request, reply) => {
      const { code } = request.params
      if (!isProblemCode(code)) return sendProblem(request, reply, new Problem('not-found'))
      const [status, title, meaning] = PROBLEMS[code]
      return reply.type('text/plain; charset=utf-8').send(`${code} (${status})\n${title}.\n${meaning}\n`)
    },
  )
}

const upOrDown = (ok: boolean): 'UP' | 'DOWN' => (ok ? 'UP' : 'DOWN')
