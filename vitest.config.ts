import { defineConfig } from 'vitest/config'

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
