import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/firebase/**/*.emulator.ts'],
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // The library takes its emulator from the environment of the process, and everybody shares the one that runs.
    fileParallelism: false,
  },
})
