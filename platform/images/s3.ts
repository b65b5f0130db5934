import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { AwsV4Signer } from 'aws4fetch'
import type { S3Bucket } from '../config/config.ts'
import { contentTypeOf, ImagesUnavailable, refuseForeignName } from './port.ts'
import type { ImageStore, ImageTrouble } from './port.ts'

export interface S3Limits {
  readonly getTryMs: number
  readonly putTryMs: number
  readonly checkMs: number
  /** Before the second try; before each further one twice as long. */
  readonly firstPauseMs: number
  readonly largestAnswerBytes: number
}

const LIMITS: S3Limits = {
  getTryMs: 3_000,
  putTryMs: 10_000,
  checkMs: 1_200,
  firstPauseMs: 100,
  // Far above what a picture of ours can be: it guards memory against a bucket with other things in it.
  largestAnswerBytes: 64 * 2 ** 20,
}
const TRIES = 3
/** A bucket that hangs must not gather requests, each with a whole picture. */
const MOST_AT_ONCE = 64
const FOREVER = 'public, max-age=31536000, immutable'

/** No picture has this name. An answer about it has a code, where one about the bucket alone (HEAD) has none. */
const NOBODY = 'readiness'

interface Answer {
  readonly status: number
  /** The code S3 gives with a failure, such as `NoSuchKey`; empty where there is none. */
  readonly code: string
  readonly bytes: Uint8Array
}

interface Request {
  readonly method: 'DELETE' | 'GET' | 'HEAD' | 'PUT'
  readonly name: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array<ArrayBuffer>
  readonly tryMs: number
}

/**
 * Pictures as objects of a bucket, by the protocol of Amazon S3 (path style, Signature Version 4). Every call ends in
 * time, and what may pass by itself is tried again a few times. That is harmless for a picture, whose name follows from its
 * bytes; a note whose answer was lost may, very rarely, be written once more after a newer one of its name.
 *
 * The bucket is there already, and the key may list, read and write it, and delete in it: without the right to list, S3 does not tell a
 * picture that is not there from one that may not be read.
 */
export const s3Images = (place: S3Bucket, limits: S3Limits = LIMITS): ImageStore => {
  let underway = 0

  /** @throws ImagesUnavailable when every try went unanswered, or was answered with what may pass. */
  const ask = async (what: string, request: Request): Promise<Answer> => {
    if (underway >= MOST_AT_ONCE) throw new ImagesUnavailable(`${what}: too many wait for the bucket`)
    underway += 1
    try {
      let last: { readonly told: string; readonly cause?: unknown } = { told: '' }
      for (let tried = 0; tried < TRIES; tried += 1) {
        // Between half and all of it, so that many who failed at once do not come back at once.
        if (tried > 0) await pause(limits.firstPauseMs * 2 ** (tried - 1) * (0.5 + Math.random() / 2))
        try {
          const answer = await send(place, request, limits.largestAnswerBytes)
          if (!mayPass(answer)) return answer
          last = { told: told(answer) }
        } catch (cause) {
          last = { told: 'the bucket does not answer', cause }
        }
      }
      throw new ImagesUnavailable(`${what}: ${last.told}`, { cause: last.cause })
    } finally {
      underway -= 1
    }
  }

  return {
    put: async (name, bytes) => {
      refuseForeignName(name)
      const type = contentTypeOf(name)
      const answer = await ask('A picture could not be kept', {
        method: 'PUT',
        name,
        headers: {
          'content-type': type ?? 'application/json',
          // A note is written anew with each upload of that name.
          'cache-control': type === undefined ? 'no-store' : FOREVER,
        },
        body: new Uint8Array(bytes),
        tryMs: limits.putTryMs,
      })
      if (answer.status !== 200) throw new ImagesUnavailable(`A picture could not be kept: ${told(answer)}`)
    },
    get: async (name) => {
      refuseForeignName(name)
      const answer = await ask('A picture could not be read', {
        method: 'GET',
        name,
        tryMs: limits.getTryMs,
      })
      if (answer.status === 200) return answer.bytes
      if (isMissing(answer)) return undefined
      throw new ImagesUnavailable(`A picture could not be read: ${told(answer)}`)
    },
    has: async (name) => {
      refuseForeignName(name)
      const answer = await ask('A picture could not be looked for', {
        method: 'HEAD',
        name,
        tryMs: limits.getTryMs,
      })
      // An answer to HEAD has no body, and so no code that would tell a missing picture from a missing bucket.
      if (answer.status === 200 || answer.status === 404) return answer.status === 200
      throw new ImagesUnavailable(`A picture could not be looked for: ${told(answer)}`)
    },
    remove: async (name) => {
      refuseForeignName(name)
      const answer = await ask('A picture could not be removed', {
        method: 'DELETE',
        name,
        tryMs: limits.getTryMs,
      })
      if (answer.status !== 204 && answer.status !== 200 && !isMissing(answer))
        throw new ImagesUnavailable(`A picture could not be removed: ${told(answer)}`)
    },
    check: async () => {
      try {
        return troubleOf(
          await send(
            place,
            { method: 'GET', name: NOBODY, tryMs: limits.checkMs },
            limits.largestAnswerBytes,
          ),
        )
      } catch {
        return { kind: 'away', sentence: 'The bucket of pictures does not answer' }
      }
    },
  }
}

/** One request. Redirections are not followed: what is signed is for this place alone. */
const send = async (
  place: S3Bucket,
  { method, name, headers, body, tryMs }: Request,
  mostBytes: number,
): Promise<Answer> => {
  const { endpoint, bucket, ...key } = place
  const signed = await new AwsV4Signer({
    ...key,
    service: 's3',
    method,
    url: `${endpoint}/${bucket}/${name}`,
    headers: {
      ...headers,
      'x-amz-content-sha256': createHash('sha256')
        .update(body ?? '')
        .digest('hex'),
    },
  }).sign()
  const response = await fetch(signed.url, {
    method,
    headers: signed.headers,
    ...(body === undefined ? {} : { body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(tryMs),
  })
  const bytes = await wholeOf(response, mostBytes)
  const code = response.ok ? '' : (/<Code>(\w{1,64})<\/Code>/.exec(Buffer.from(bytes).toString())?.[1] ?? '')
  return { status: response.status, code, bytes }
}

const wholeOf = async ({ body }: Response, mostBytes: number): Promise<Uint8Array> => {
  if (body === null) return new Uint8Array()
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of body) {
    length += part.length
    if (length > mostBytes) throw new RangeError('The answer is no picture of ours')
    parts.push(part)
  }
  return Buffer.concat(parts, length)
}

/** `OperationAborted` is 409, and a body that came too slowly 400 (error responses of the S3 API reference). */
const mayPass = ({ status, code }: Answer): boolean =>
  status >= 500 || status === 408 || status === 409 || status === 429 || code === 'RequestTimeout'

/** A bucket that is not there is answered 404 as well, and then nothing is known of a picture. */
const isMissing = ({ status, code }: Answer): boolean => status === 404 && code === 'NoSuchKey'

const told = ({ status, code }: Answer): string => `the bucket answers ${`${status} ${code}`.trim()}`

/** Codes of the S3 API reference, and what a person can do about each. */
const WRONG: Readonly<Record<string, string>> = {
  NoSuchBucket: 'There is no bucket of the name in S3_BUCKET: make it, or name the one that is there',
  InvalidAccessKeyId: 'S3_ENDPOINT knows no S3_ACCESS_KEY_ID like this one',
  SignatureDoesNotMatch: 'S3_SECRET_ACCESS_KEY is not the secret of S3_ACCESS_KEY_ID',
  AccessDenied: 'S3_ACCESS_KEY_ID may not list and read the bucket S3_BUCKET names',
  RequestTimeTooSkewed: 'The clocks of this machine and of the bucket are too far apart',
  AuthorizationHeaderMalformed: 'S3_REGION is not the region of S3_ENDPOINT',
  PermanentRedirect: 'The bucket S3_BUCKET names is in another region, at another S3_ENDPOINT',
}

const troubleOf = (answer: Answer): ImageTrouble | undefined => {
  const { status, code } = answer
  if (status === 200 || isMissing(answer)) return undefined
  if (mayPass(answer)) return { kind: 'away', sentence: `The bucket of pictures answers ${status}` }
  const known = Object.hasOwn(WRONG, code) ? WRONG[code] : undefined
  return { kind: 'wrong', sentence: known ?? `S3_ENDPOINT gives no pictures: ${told(answer)}` }
}
