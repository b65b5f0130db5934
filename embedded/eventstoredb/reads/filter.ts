import type { FilterPlan } from '../wire/requests.ts'

/** Whether a reader of `$all` wants the event; decided by stream name or event type alone. */
export type Filter = (event: { readonly stream: string; readonly type: string }) => boolean

/**
 * Compiles the filter of a request: a prefix list or a regular expression. The real server's dialect is .NET's;
 * an expression that JavaScript rejects makes the call fail rather than match something else.
 */
export const compileFilter = (
  plan: FilterPlan | undefined,
): Filter | { readonly kind: 'invalid'; readonly reason: string } => {
  if (plan === undefined) return () => true
  const { prefixes, regex } = plan
  const subjectOf: (event: { readonly stream: string; readonly type: string }) => string =
    plan.on === 'stream-name' ? (event) => event.stream : (event) => event.type
  if (prefixes.length > 0) return (event) => prefixes.some((prefix) => subjectOf(event).startsWith(prefix))
  if (regex === '') return { kind: 'invalid', reason: 'a filter needs prefixes or a regular expression' }
  try {
    const pattern = new RegExp(regex, 'u')
    return (event) => pattern.test(subjectOf(event))
  } catch {
    return { kind: 'invalid', reason: `the filter is not a regular expression: ${regex}` }
  }
}
