import { defineConfig } from 'vitest/config'

/** The address without the password that it may hold. */
const mongodb = process.env['MONGODB_URL']?.replace(/\/\/[^@/]*@/, '//…@')
console.log(
  mongodb === undefined || mongodb === ''
    ? 'MongoDB: not exercised, for MONGODB_URL is not set; the specs use SQLite'
    : `MongoDB: exercised at ${mongodb}, by every spec that has a read store and a real clock`,
)

export default defineConfig({
  test: {
    include: ['**/*.spec.ts'],
    exclude: ['node_modules/**', '.kessai/**'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
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
