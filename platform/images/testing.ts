import { randomUUID } from 'node:crypto'
import { AwsV4Signer } from 'aws4fetch'
import { bucketOf, readConfig, type S3Bucket } from '../config/config.ts'
import { folderImages } from './folder.ts'
import type { ImageStore } from './port.ts'
import { s3Images } from './s3.ts'

/** The S3 server that specs run against, if there is one: then they use it wherever they need a place for pictures. */
const configured = bucketOf(
  readConfig(Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('S3_')))),
)

/** For `describe.each`: none, or the one that is configured. */
export const S3_SERVERS: readonly S3Bucket[] = configured === undefined ? [] : [configured]

/** One signed request about a bucket, which the shop itself never makes. `path` begins with the bucket's name. */
export const askS3 = async (
  { endpoint, region, accessKeyId, secretAccessKey }: S3Bucket,
  method: 'DELETE' | 'HEAD' | 'PUT',
  path: string,
): Promise<Response> => {
  const signed = await new AwsV4Signer({
    region,
    accessKeyId,
    secretAccessKey,
    service: 's3',
    method,
    url: `${endpoint}/${path}`,
  }).sign()
  const response = await fetch(signed.url, { method, headers: signed.headers })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response
}

export interface OwnBucket extends S3Bucket {
  /** A store over it that `drop` knows of. */
  readonly open: () => ImageStore
  /** Takes the bucket away again, with what its stores have kept. */
  readonly drop: () => Promise<void>
}

/** A bucket of its own on the server: specs run side by side and must not see each other's pictures. */
export const ownBucket = async (server: S3Bucket): Promise<OwnBucket> => {
  const place = { ...server, bucket: `kessai-spec-${randomUUID()}` }
  await askS3(place, 'PUT', place.bucket)
  const kept = new Set<string>()
  return {
    ...place,
    open: () => {
      const images = s3Images(place)
      return {
        ...images,
        put: async (name, bytes) => {
          await images.put(name, bytes)
          kept.add(name)
        },
      }
    },
    drop: async () => {
      for (const name of kept) await askS3(place, 'DELETE', `${place.bucket}/${name}`)
      await askS3(place, 'DELETE', place.bucket)
    },
  }
}

/** An empty place for one spec: this folder, or a bucket where S3 is configured. `drop` empties the bucket. */
export const openEmptyImages = async (
  folder: string,
): Promise<{ readonly images: ImageStore; readonly drop: () => Promise<void> }> => {
  const [server] = S3_SERVERS
  if (server === undefined) return { images: folderImages(folder), drop: () => Promise.resolve() }
  const own = await ownBucket(server)
  return { images: own.open(), drop: own.drop }
}
