import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { ConflictsOutlasted } from '#platform/commands/runner.ts'
import { UndecodableEvent } from '#platform/eventstore/decoding.ts'
import { EventStoreUnavailable } from '#platform/eventstore/port.ts'
import { ReadStoreUnavailable } from '#platform/readstore/port.ts'
import { SessionsUnavailable } from '#platform/sessions/port.ts'
import { SearchUnavailable } from '#projections/product-search/port.ts'
import type { ApiScope } from '../instance.ts'
import { isCatchAll, reserveAddresses } from './reserved-addresses.ts'
import { Problem, problemDocument, type FieldError, type ProblemCode } from '../problems.ts'

/** Makes a problem document of every error and of every address that is not there. */
export const replyWithProblems = (app: ApiScope): void => {
  const methodsOf = routeTable(app)

  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const problem = problemFor(error)
    if (error instanceof UndecodableEvent)
      request.log.error(
        { ...error.place, reason: error.reason },
        'A request met an event that cannot be read',
      )
    else if (problem.code === 'internal-error')
      request.log.error({ err: error }, 'A request failed unexpectedly')
    else if (PASSING.has(problem.code)) request.log.warn({ err: error }, 'A request could not be decided')
    return sendProblem(request, reply, problem)
  })

  const notThere = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const methods = methodsOf(request.url)
    // An address that is taken with this method, and is there no more for it, has an id longer than any is.
    if (methods.length === 0 || methods.includes(request.method))
      return sendProblem(request, reply, new Problem('not-found'))
    void reply.header('allow', methods.join(', '))
    return sendProblem(request, reply, new Problem('method-not-allowed'))
  }
  app.setNotFoundHandler(notThere)
  reserveAddresses(app, notThere)
}

export const sendProblem = (request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply => {
  const document = problemDocument(problem, request.id)
  const { retryAfterSeconds } = problem.details
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds))
  return reply
    .code(document.status)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .type('application/problem+json')
    .send(JSON.stringify(document))
}

const RETRY_AFTER_SECONDS = 1
/** Something else does not answer; worth a line in the log, and no fault of ours. */
const PASSING: ReadonlySet<ProblemCode> = new Set([
  'temporarily-unavailable',
  'search-unavailable',
  'REDIS_UNAVAILABLE',
])

const problemFor = (error: FastifyError): Problem => {
  if (error instanceof Problem) return error
  if (
    error instanceof EventStoreUnavailable ||
    error instanceof ReadStoreUnavailable ||
    error instanceof ConflictsOutlasted
  )
    return new Problem('temporarily-unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS })
  if (error instanceof SearchUnavailable)
    return new Problem('search-unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS })
  if (error instanceof UndecodableEvent) return new Problem('record-unreadable')
  if (error instanceof SessionsUnavailable)
    return new Problem('REDIS_UNAVAILABLE', { retryAfterSeconds: RETRY_AFTER_SECONDS })
  if (error.validation !== undefined)
    return new Problem(error.validationContext === 'body' ? 'validation-failed' : 'invalid-query', {
      errors: error.validation.map(fieldError),
    })
  const known = BY_FASTIFY_CODE[error.code]
  if (known !== undefined) return new Problem(known)
  const status = error.statusCode ?? 500
  return new Problem(status >= 400 && status < 500 ? 'bad-request' : 'internal-error')
}

const BY_FASTIFY_CODE: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed-json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed-json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad-request',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_CSRF_MISSING_SECRET: 'csrf-token-invalid',
  FST_CSRF_INVALID_TOKEN: 'csrf-token-invalid',
}

const fieldError = (issue: { readonly instancePath: string; readonly message?: string }): FieldError => ({
  path: issue.instancePath.replace(/^\//, '').replaceAll('/', '.'),
  message: issue.message ?? 'is not valid',
})

/** Which methods an address takes, so that a wrong method is told from a wrong address. */
const routeTable = (app: ApiScope): ((url: string) => readonly string[]) => {
  const routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    if (isCatchAll(url)) return
    const pattern = new RegExp(
      `^${url
        .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
        .replaceAll(/:[^/]+/g, '[^/]+')
        .replaceAll('*', '.*')}$`,
    )
    routes.push({ pattern, methods: Array.isArray(method) ? method : [method] })
  })
  return (url) => {
    const [path = ''] = url.split('?', 1)
    return [...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))]
  }
}
