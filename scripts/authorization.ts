import { writeFile } from 'node:fs/promises'
import { format } from 'prettier'
import { CALLERS, cellOf, wordsOf, type Cell } from '#api/authorization/table.ts'
import type { DeclaredRoute } from '#api/plugins/access.ts'
import { apiBench } from '#api/testing.ts'

/** The page of who may use which route; a spec holds that it is what the routes declare. */
export const AUTHORIZATION_PAGE = new URL('../docs/reference/authorization.md', import.meta.url)

const MARKS: Readonly<Record<Cell, string>> = {
  yes: '✓',
  401: '401',
  403: '403',
  404: '404',
  closed: '1008',
}

/** GET and the HEAD that comes with it are one row. */
const rowsOf = (routes: readonly DeclaredRoute[]): string[] => {
  const rows = new Map<string, DeclaredRoute & { readonly methods: string[] }>()
  for (const route of routes) {
    const { method, url, access, isSocket } = route
    const name = isSocket ? 'WS' : method
    const key = `${url} ${method === 'HEAD' || method === 'GET' ? 'read' : method}`
    const known = rows.get(key)
    if (known === undefined) rows.set(key, { ...route, access, methods: [name] })
    else known.methods.push(name)
  }
  return [...rows.values()]
    .toSorted((a, b) => (a.url === b.url ? a.method.localeCompare(b.method) : a.url < b.url ? -1 : 1))
    .map(({ methods, url, access }) => {
      const cells = CALLERS.map((caller) => MARKS[cellOf(access, caller)])
      return `| ${[`${methods.toSorted().join(', ')} \`${url}\``, wordsOf(access), ...cells].join(' | ')} |`
    })
}

/** docs/reference/authorization.md, made from what the routes of a development shop declare. */
export const authorizationReference = async (): Promise<string> => {
  const bench = await apiBench()
  try {
    const page = [
      '# Who may use which route',
      'Made from the code by `node scripts/authorization.ts`; not written by hand. Each route declares who may use it, what it declares is what ' +
        'lets requests in, and a route that declares nothing keeps the shop from starting. A spec asks every route as every caller.',
      'The **owner** is the customer whose order it is, and a **stranger** any other customer; where no object is named, both are customers. The ' +
        'other columns are roles, which come from the sign-in token alone. ✓ is let in. 401 is not signed in, or no longer. 403 has no role for it, or, where something is ' +
        'changed, no CSRF token of the same session. 404 is the same answer as for what does not exist. 1008 is how a socket is closed.',
      '“Oneself” is about who is signed in and nobody else: no address or body names a person. What the payment provider says is a hint, believed of nobody: with a secret ' +
        'in its address the webhook is 404 to whoever does not know it. Pages are for anybody; what they show they ask of these routes as their visitor.',
      [
        `| Route | Who | ${CALLERS.join(' | ')} |`,
        `| --- | --- | ${CALLERS.map(() => '---').join(' | ')} |`,
        ...rowsOf(bench.app.declaredRoutes),
      ].join('\n'),
    ].join('\n\n')
    return await format(page, { parser: 'markdown', printWidth: 110 })
  } finally {
    await bench.close()
  }
}

if (import.meta.main) await writeFile(AUTHORIZATION_PAGE, await authorizationReference())
