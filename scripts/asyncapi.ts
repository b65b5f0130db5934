import { writeFile } from 'node:fs/promises'
import { format } from 'prettier'
import { asyncApiDocument } from '#api/asyncapi.ts'
import { readConfig } from '#platform/config/config.ts'

/** `GET /api/asyncapi.json` of a shop with the default names, for whoever has no shop running. */
export const ASYNCAPI_FILE = new URL('../docs/reference/asyncapi.json', import.meta.url)

export const asyncApiFile = (): Promise<string> =>
  format(JSON.stringify(asyncApiDocument(readConfig({}))), { parser: 'json', printWidth: 110 })

if (import.meta.main) await writeFile(ASYNCAPI_FILE, await asyncApiFile())
