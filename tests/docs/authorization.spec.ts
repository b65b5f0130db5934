import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { AUTHORIZATION_PAGE, authorizationReference } from '../../scripts/authorization.ts'

it('docs/reference/authorization.md is what the routes declare; `node scripts/authorization.ts` writes it anew', async () => {
  expect(readFileSync(AUTHORIZATION_PAGE, 'utf8')).toBe(await authorizationReference())
})
