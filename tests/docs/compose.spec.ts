import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { bucketOf, readConfig } from '#platform/config/config.ts'

const Service = z.object({
  image: z.string(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  healthcheck: z.object({ test: z.array(z.string()), interval: z.string(), retries: z.number() }).optional(),
  volumes: z.array(z.string()).optional(),
})

const Compose = z.object({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.unknown()),
})

const { services, volumes } = Compose.parse(
  parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true, maxAliasCount: 100 }),
)
const engines = ['eventstore', 'mongodb', 'minio', 'redis', 'kafka']
/** `${NAME:-default}` as compose fills it in when nothing is set. */
const filled = (value: string | number): string => String(value).replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')
const filledIn = (environment: Readonly<Record<string, string | number>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, filled(value)]))

describe('docker-compose.yml', () => {
  it.each([...engines, 'paypay-simulator', 'api'])('%s says whether it is healthy', (name) => {
    expect(services[name]?.healthcheck?.test.length).toBeGreaterThan(1)
  })

  it('waits only for services that exist, and for their health where they tell it', () => {
    for (const [name, { depends_on: waits = {} }] of Object.entries(services))
      for (const [other, { condition }] of Object.entries(waits)) {
        expect(services, `${name} waits for ${other}`).toHaveProperty([other])
        if (condition === 'service_healthy') expect(services[other]?.healthcheck).toBeDefined()
      }
  })

  it('names every volume that is used', () => {
    const used = Object.values(services).flatMap(({ volumes: mounts = [] }) =>
      mounts.map((mount) => mount.split(':')[0]),
    )
    expect(Object.keys(volumes)).toEqual(expect.arrayContaining(used))
  })

  it.each(
    Object.entries(services).filter(([, { environment }]) => environment?.['KESSAI_DATA'] !== undefined),
  )('gives %s a configuration that starts in production', (_name, { environment = {} }) => {
    const config = readConfig(filledIn(environment))
    expect(config.NODE_ENV).toBe('production')
    expect(Object.keys(config)).toEqual(expect.arrayContaining(Object.keys(environment)))
  })

  it('keeps sessions in the Redis that is beside it, which evicts none of them', () => {
    const api = services['api']
    const { REDIS_URL } = readConfig(filledIn(api?.environment))
    expect(REDIS_URL).toBe('redis://redis:6379')
    expect(api?.depends_on?.['redis']?.condition).toBe('service_healthy')
    const redis = services['redis']?.command?.join(' ')
    expect(redis).toContain('--maxmemory-policy noeviction')
    // Sessions hold e-mail addresses; in a file of Redis they would outlast the people they belong to.
    expect(redis).toContain('--appendonly no')
    expect(services['redis']?.command?.join('\n')).toContain('--save\n\n')
  })

  it('keeps pictures in a bucket that is made before the api starts, by the same credentials', () => {
    const api = services['api']
    const bucket = bucketOf(readConfig(filledIn(api?.environment)))
    const making = services['minio-bucket']
    expect([...(making?.entrypoint ?? []), ...(making?.command ?? [])].join(' ')).toBe(
      `mc mb --ignore-existing shop/${bucket?.bucket}`,
    )
    expect(api?.depends_on?.['minio-bucket']?.condition).toBe('service_completed_successfully')
    expect(filledIn(services['minio']?.environment)).toStrictEqual({
      MINIO_ROOT_USER: bucket?.accessKeyId,
      MINIO_ROOT_PASSWORD: bucket?.secretAccessKey,
    })
    expect(filledIn(making?.environment)['MC_HOST_shop']).toBe(
      bucket?.endpoint.replace('//', `//${bucket.accessKeyId}:${bucket.secretAccessKey}@`),
    )
    expect(making?.image).toBe(services['minio']?.image)
    expect(making?.image).toMatch(/:RELEASE\.\d{4}-\d\d-\d\dT/)
  })

  it('runs only roles that main.ts knows', () => {
    const main = readFileSync('main.ts', 'utf8')
    const roles = Object.values(services).flatMap(({ command }) =>
      command?.[1] === 'main.ts' ? [command[2]] : [],
    )
    expect(roles.length).toBeGreaterThan(3)
    for (const role of roles) expect(main).toContain(`'${role}'`)
  })

  it('builds from files that are there', () => {
    const copied = [...readFileSync('Dockerfile', 'utf8').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, from = '']) => from.split(' '),
    )
    expect(copied.length).toBeGreaterThan(5)
    for (const path of copied) expect(existsSync(path), path).toBe(true)
  })
})
