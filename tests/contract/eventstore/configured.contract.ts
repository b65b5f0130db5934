import { describe } from 'vitest'
import { serverContract } from './server-contract.ts'
import { nodeAsChild } from './servers.ts'

const configured = process.env['EVENTSTORE_URL']

describe('the event store that is configured, else an embedded node', () => {
  serverContract(
    configured === undefined
      ? () => nodeAsChild('in-memory')
      : async () => ({ connectionString: configured, stop: async () => {} }),
  )
})
