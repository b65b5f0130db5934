import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { nodeAsChild, type ControlledServer } from './servers.ts'
import { until } from './watching.ts'

const Health = z.object({
  parts: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string().optional() })),
})

describe('a shop whose event store goes away', () => {
  let server: ControlledServer
  let shop: ChildProcess
  let folder: string
  let url: string
  beforeEach(async () => {
    server = await nodeAsChild('on-disk')
    folder = mkdtempSync(join(tmpdir(), 'kessai-readiness-'))
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    shop = spawn(process.execPath, ['main.ts', 'api'], {
      env: {
        ...process.env,
        MONGODB_URL: '',
        KESSAI_DATA: folder,
        LOG_LEVEL: 'silent',
        PORT: String(port),
        EVENTSTORE_URL: server.connectionString,
        // Nobody asks the provider anything here.
        PAYPAY_SIMULATOR_URL: 'http://127.0.0.1:9',
        PAYPAY_API_KEY: 'spec',
        PAYPAY_API_SECRET: 'spec',
        PAYPAY_MERCHANT_ID: 'spec',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  })
  afterEach(async () => {
    if (shop.exitCode === null && shop.signalCode === null) {
      const exited = once(shop, 'exit')
      shop.kill('SIGTERM')
      await exited
    }
    await server.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  const offers = async () => {
    try {
      const reply = await fetch(`${url}/health/ready`)
      const { parts } = Health.parse(await reply.json())
      return { status: reply.status, ...parts.find(({ name }) => name === 'subscription offers') }
    } catch {
      return { status: 0 }
    }
  }
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text()
    const line = text.split('\n').find((one) => one.startsWith(`${name}{subscription="offers"}`))
    return Number(line?.split(' ').at(-1))
  }

  it('says so of each subscription, counts the restarts, and is ready again when it is back', async () => {
    await until(async () => (await offers()).status === 200, 60_000)
    expect(await offers()).toMatchObject({ ok: true })
    expect(await metric('kessai_subscription_connected')).toBe(1)
    expect(await metric('kessai_subscription_caught_up')).toBe(1)
    await server.halt('kill')
    await until(async () => (await offers()).status === 503)
    expect(await offers()).toMatchObject({ ok: false, detail: expect.stringMatching(/^restart \d+: .+/) })
    expect(await metric('kessai_subscription_connected')).toBe(0)
    await server.start()
    await until(async () => (await offers()).status === 200, 60_000)
    expect(await metric('kessai_subscription_connected')).toBe(1)
    expect(await metric('kessai_subscription_restarts_total')).toBeGreaterThan(0)
  }, 300_000)
})

const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server that listens has an address with a port
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return port
}
