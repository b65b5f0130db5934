import { describe } from 'vitest'
import { restartContract } from './restart-contract.ts'
import { serverContract } from './server-contract.ts'
import { nodeInProcess } from './servers.ts'

describe('the embedded node in this process', () => {
  serverContract(() => nodeInProcess('in-memory'))
  restartContract(() => nodeInProcess('on-disk'))
})
