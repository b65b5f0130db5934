import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { openApiTypes, TYPES_FILE } from '../scripts/openapi-types.ts'

it('gives the storefront the types of the API as it is (npm run types:api)', async () => {
  expect(await readFile(TYPES_FILE, 'utf8')).toBe(await openApiTypes())
})
