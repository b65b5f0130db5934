import { describe } from 'vitest'
import { restartContract } from './restart-contract.ts'
import { serverContract } from './server-contract.ts'
import { nodeAsChild } from './servers.ts'

describe('the embedded node in a process of its own', () => {
  serverContract(() => nodeAsChild('in-memory'))
  restartContract(() => nodeAsChild('on-disk'))
})
