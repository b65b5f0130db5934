import type { FilterPlan } from '../wire/requests.ts'

/** Whether a reader of `$all` wants the event; decided by stream name or event type alone. */
export type Filter = (event: { readonly stream: string; readonly type: string }) => boolean

/** What a backslash may stand before in a JavaScript expression with the `u` flag. */
const ESCAPABLE = /[\^$\\.*+?()[\]{}|/]/u

/**
 * The commonest things that .NET writes and JavaScript does not: options in front (`(?i)`), the anchors `\A` and
 * `\z`, and a backslash before a sign that needs none (`\-`, `\@`). Nothing else is touched.
 */
const translated = (regex: string): RegExp => {
  const options = /^\(\?([ims]+)\)/u.exec(regex)
  const body = regex.slice(options?.[0].length ?? 0).replace(/\\(.)/gsu, (escape, sign: string) => {
    if (sign === 'A') return '^'
    if (sign === 'z') return '$'
    if (/[0-9A-Za-z]/u.test(sign) || ESCAPABLE.test(sign)) return escape
    return `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`
  })
  return new RegExp(body, `u${[...new Set(options?.[1])].join('')}`)
}

/**
 * Compiles the filter of a request: a prefix list or a regular expression. The real server's dialect is .NET's;
 * an expression that cannot be had in JavaScript makes the call fail rather than match something else.
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
    const pattern = translated(regex)
    return (event) => pattern.test(subjectOf(event))
  } catch {
    return { kind: 'invalid', reason: `the filter is not a regular expression: ${regex}` }
  }
}
