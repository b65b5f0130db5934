import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/redis/**/*.server.ts'],
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // They pause and kill servers and look at the time.
    fileParallelism: false,
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
  },
})
