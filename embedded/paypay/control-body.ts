import { z } from 'zod'

/** Reads the JSON body of a control call; an empty one stands for `{}`. Throws a ZodError, which becomes a 400. */
export function parse<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const text = Buffer.isBuffer(body) ? body.toString('utf8') : ''
  return schema.parse(text.trim() === '' ? {} : readJson(text))
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new z.ZodError([{ code: 'custom', path: [], message: 'not JSON', input: undefined }])
  }
}
