import { defineConfig } from '@playwright/test'
import usual from '../playwright.config.ts'

/** As the storefront's other tests are run, with shops whose people sign in at the Auth emulator. */
export default defineConfig({
  ...usual,
  testDir: '.',
  testMatch: '**/*.emulator.ts',
  outputDir: '../../../test-results/firebase',
  workers: 1,
  reporter: [['list'], ['json', { outputFile: '../../../test-results/firebase.json' }]],
})
