import { writeFile } from 'node:fs/promises'
import openapiTypes, { astToString } from 'openapi-typescript'
import { apiBench } from '#api/testing.ts'

/** Where the storefront reads what it knows of the API. */
export const TYPES_FILE = new URL('../web/app/api/schema.d.ts', import.meta.url)

/** The types of `GET /api/openapi.json` as this code answers it. */
export const openApiTypes = async (): Promise<string> => {
  const bench = await apiBench()
  try {
    const reply = await bench.app.inject('/api/openapi.json')
    return `// Made by \`npm run types:api\` from the API's OpenAPI document; not written by hand.\n${astToString(await openapiTypes(reply.body))}`
  } finally {
    await bench.close()
  }
}

if (import.meta.main) await writeFile(TYPES_FILE, await openApiTypes())
