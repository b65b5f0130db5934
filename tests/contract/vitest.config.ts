import { defineConfig } from 'vitest/config'

const configured = process.env['EVENTSTORE_URL']

/** The address without the password that it may hold. */
const target =
  configured === undefined
    ? 'an embedded node of its own, for EVENTSTORE_URL is not set'
    : configured.replace(/\/\/[^@/]*@/, '//…@')
console.log(`The event store contract runs against ${target}`)

export default defineConfig({
  test: {
    include: ['tests/contract/**/*.contract.ts'],
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
})
