import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { S3Bucket } from '../config/config.ts'
import { imageStoreContract } from './contract.ts'
import { ImagesUnavailable, type ImageStore } from './port.ts'
import { s3Images } from './s3.ts'
import { askS3, ownBucket, S3_SERVERS, type OwnBucket } from './testing.ts'

const NAME = `${'c'.repeat(64)}.webp`
const NOTE = `upload-${'d'.repeat(64)}.json`

describe.each(S3_SERVERS)('the S3 server at $endpoint', (server) => {
  let own: OwnBucket
  beforeAll(async () => {
    own = await ownBucket(server)
  })
  afterAll(() => own.drop())

  imageStoreContract('a bucket', async () => own.open())

  it('keeps with each object what it is and how long it holds', async () => {
    await own.open().put(NAME, Uint8Array.of(1))
    await own.open().put(NOTE, Uint8Array.of(123, 125))
    const headersOf = async (name: string) => {
      const { headers } = await askS3(server, 'HEAD', `${own.bucket}/${name}`)
      return [headers.get('content-type'), headers.get('cache-control')]
    }
    expect(await headersOf(NAME)).toStrictEqual(['image/webp', 'public, max-age=31536000, immutable'])
    expect(await headersOf(NOTE)).toStrictEqual(['application/json', 'no-store'])
  })

  const bucket = (): S3Bucket => {
    const { endpoint, bucket: name, region, accessKeyId, secretAccessKey } = own
    return { endpoint, bucket: name, region, accessKeyId, secretAccessKey }
  }
  it.each([
    ['a bucket that is not there', { bucket: 'kessai-never-made' }, 'S3_BUCKET'],
    ['a wrong secret', { secretAccessKey: 'another-secret' }, 'S3_SECRET_ACCESS_KEY'],
    ['an unknown key', { accessKeyId: 'somebody' }, 'S3_ENDPOINT'],
    ['another region', { region: 'moon-dark-1' }, 'S3_REGION'],
  ])('is wrong, and never just empty, with %s', async (_, change, setting) => {
    const images = s3Images({ ...bucket(), ...change })
    await expect(images.get(NAME)).rejects.toThrow(ImagesUnavailable)
    await expect(images.put(NAME, Uint8Array.of(1))).rejects.toThrow(ImagesUnavailable)
    expect(await images.check()).toMatchObject({ kind: 'wrong', sentence: expect.stringContaining(setting) })
  })
})

describe('a bucket that does not behave', () => {
  const servers: Server[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  })

  const SECRET = 'the-secret-of-the-bucket'
  const limits = (tryMs: number) => ({
    getTryMs: tryMs,
    putTryMs: tryMs,
    checkMs: tryMs,
    firstPauseMs: 5,
    largestAnswerBytes: 100_000,
  })

  /** A bucket whose server answers like this, and what it was asked. */
  const served = async (
    answer: RequestListener,
    tryMs = 3_000,
  ): Promise<{
    readonly images: ImageStore
    readonly asked: IncomingMessage[]
    readonly endpoint: string
  }> => {
    const asked: IncomingMessage[] = []
    const server = createServer((request, reply) => {
      asked.push(request)
      answer(request, reply)
    }).listen(0, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('There is no port')
    const endpoint = `http://127.0.0.1:${address.port}`
    const place = {
      endpoint,
      bucket: 'pictures',
      region: 'moon-1',
      accessKeyId: 'key',
      secretAccessKey: SECRET,
    }
    return { images: s3Images(place, limits(tryMs)), asked, endpoint }
  }
  const failure = (status: number, code: string): RequestListener => {
    return (_, reply) => {
      reply.writeHead(status).end(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`)
    }
  }
  const sequence = (...answers: readonly RequestListener[]): RequestListener => {
    let next = 0
    return (request, reply) => {
      const answer = answers[Math.min(next, answers.length - 1)]
      next += 1
      answer?.(request, reply)
    }
  }
  const silence: RequestListener = () => {}
  const hangUp: RequestListener = (request) => {
    request.socket.destroy()
  }
  const picture: RequestListener = (_, reply) => void reply.end(Buffer.of(1, 2, 3))

  it('is asked in path style, signed, with the hash of what is sent and without the secret', async () => {
    const bodies: Promise<Buffer>[] = []
    const { images, asked } = await served((request, reply) => {
      bodies.push(buffer(request))
      request.on('end', () => reply.end())
    })
    await images.put(NAME, Uint8Array.of(7, 8))
    const [request] = asked
    expect([request?.method, request?.url, await Promise.all(bodies)]).toStrictEqual([
      'PUT',
      `/pictures/${NAME}`,
      [Buffer.of(7, 8)],
    ])
    expect(request?.headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=key\/\d{8}\/moon-1\/s3\//)
    expect(request?.headers['x-amz-content-sha256']).toBe(
      createHash('sha256').update(Buffer.of(7, 8)).digest('hex'),
    )
    expect(JSON.stringify(request?.rawHeaders)).not.toContain(SECRET)
  })

  it.each([
    ['a 503', failure(503, 'SlowDown')],
    ['a 500', failure(500, 'InternalError')],
    ['a 429', failure(429, 'TooManyRequests')],
    ['another writer at the same object', failure(409, 'OperationAborted')],
    ['a body that came too slowly', failure(400, 'RequestTimeout')],
    ['a connection that breaks off', hangUp],
    ['no answer', silence],
  ])('is asked again after %s', async (_, trouble) => {
    const { images, asked } = await served(sequence(trouble, picture), trouble === silence ? 2_000 : 30_000)
    expect([...((await images.get(NAME)) ?? [])]).toStrictEqual([1, 2, 3])
    expect(asked).toHaveLength(2)
  })

  it.each([
    ['503s', failure(503, 'SlowDown')],
    ['silence', silence],
  ])('is given up after three tries of %s', async (_, trouble) => {
    const { images, asked } = await served(trouble, trouble === silence ? 1_000 : 30_000)
    await expect(images.put(NAME, Uint8Array.of(1))).rejects.toThrow(ImagesUnavailable)
    expect(asked).toHaveLength(3)
    expect(await images.check()).toMatchObject({ kind: 'away' })
    expect(asked).toHaveLength(4)
  })

  it.each([
    ['access denied', failure(403, 'AccessDenied')],
    ['no such bucket', failure(404, 'NoSuchBucket')],
    [
      'a page of somebody else',
      (_: IncomingMessage, reply) => void reply.writeHead(404).end('<html>Not here'),
    ],
    ['a success that is none', (_: IncomingMessage, reply) => void reply.writeHead(204).end()],
  ] satisfies [string, RequestListener][])('is not empty where it answers %s', async (_, answer) => {
    const { images, asked } = await served(answer)
    await expect(images.get(NAME)).rejects.toThrow(ImagesUnavailable)
    expect(asked).toHaveLength(1)
  })

  it('leads nobody elsewhere with a signed request', async () => {
    const elsewhere = await served(picture)
    const { images } = await served((_, reply) => {
      reply.writeHead(307, { location: `${elsewhere.endpoint}/pictures/${NAME}` }).end()
    })
    await expect(images.get(NAME)).rejects.toThrow(ImagesUnavailable)
    expect(await images.check()).toMatchObject({ kind: 'wrong' })
    expect(elsewhere.asked).toHaveLength(0)
  })

  it('gives no half picture, and none that would not fit', async () => {
    const half = await served((request, reply) => {
      reply.writeHead(200, { 'content-length': '3' }).write(Buffer.of(1))
      request.socket.end()
    })
    await expect(half.images.get(NAME)).rejects.toThrow(ImagesUnavailable)
    const huge = await served((_, reply) => void reply.end(Buffer.alloc(limits(1).largestAnswerBytes + 1)))
    await expect(huge.images.get(NAME)).rejects.toThrow(ImagesUnavailable)
  })

  it('gathers no more than a bounded number of requests when it hangs', async () => {
    const { images, asked } = await served(silence, 300)
    const all = await Promise.allSettled(Array.from({ length: 80 }, () => images.get(NAME)))
    const reasons = all.map((each) => (each.status === 'rejected' ? String(each.reason) : 'answered'))
    expect(reasons.filter((reason) => reason.includes('too many'))).toHaveLength(16)
    expect(asked.length).toBeLessThanOrEqual(64 * 3)
  })

  it.each([
    ['InvalidAccessKeyId', 'S3_ACCESS_KEY_ID'],
    ['AccessDenied', 'may not list and read'],
    ['RequestTimeTooSkewed', 'clocks'],
    ['AnythingElse', '403 AnythingElse'],
    ['constructor', '403 constructor'],
  ])('says what a person can do about %s', async (code, words) => {
    const { images } = await served(failure(403, code))
    expect(await images.check()).toMatchObject({ kind: 'wrong', sentence: expect.stringContaining(words) })
  })

  it('tells of no credential in what goes wrong', async () => {
    const { images } = await served(failure(403, 'SignatureDoesNotMatch'))
    const error: unknown = await images.get(NAME).catch((reason: unknown) => reason)
    expect(String(error)).toContain('403 SignatureDoesNotMatch')
    expect(String(error)).not.toContain(SECRET)
  })
})
