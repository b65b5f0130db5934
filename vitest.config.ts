import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** The address without the password that it may hold. */
const mongodb = process.env['MONGODB_URL']?.replace(/\/\/[^@/]*@/, '//…@')
console.log(
  mongodb === undefined || mongodb === ''
    ? 'MongoDB: not exercised, for MONGODB_URL is not set; the specs use SQLite'
    : `MongoDB: exercised at ${mongodb}, by every spec that has a read store and a real clock`,
)

const s3 = process.env['S3_ENDPOINT']
console.log(
  s3 === undefined || s3 === ''
    ? 'S3: not exercised, for S3_ENDPOINT is not set; the specs keep pictures in folders'
    : `S3: exercised at ${s3}, by every spec that keeps pictures`,
)

export default defineConfig({
  test: {
    include: ['**/*.spec.ts'],
    exclude: ['node_modules/**', '.kessai/**'],
    // Two at least: many specs wait for processes and sockets of their own.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // What is waited for comes late where machines are busy: limits are there to end what hangs, and judge nothing.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 30_000 } },
    coverage: {
      provider: 'v8',
      include: ['domain/**', 'processmanagers/**'],
      exclude: [
        '**/*.spec.ts',
        '**/samples.ts',
        '**/testing.ts',
        'domain/given.ts',
        'domain/laws.ts',
        '**/*.json',
      ],
    },
  },
})
