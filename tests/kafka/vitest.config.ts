import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/kafka/**/*.broker.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each file has a broker of its own, and a machine of two cores is slow with two.
    fileParallelism: false,
    // See roles/memory.ts.
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
  },
})
