import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ownDatabase } from '#platform/readstore/testing.ts'
import { freePorts } from '../demo/free-ports.ts'
import { isReady } from '../demo/instance.ts'
import { signIn, simulatorControl } from '../demo/shop-client.ts'

describe('every role in a process of its own', () => {
  let dataDir: string
  const running: ChildProcess[] = []
  let output = ''
  let database = ownDatabase()
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'kessai-roles-'))
    output = ''
    database = ownDatabase()
  })
  afterEach(async () => {
    for (const child of running.splice(0).toReversed()) {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await ended
      }
    }
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
    await database.drop()
  })

  const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess => {
    const child = spawn(process.execPath, ['main.ts', ...args], {
      env: {
        ...process.env,
        KESSAI_DATA: dataDir,
        LOG_LEVEL: 'warn',
        ...database.environment,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.push(child)
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    return child
  }

  /** Starts a role that prints where it listens, and answers its first port. */
  const listening = async (...args: readonly string[]): Promise<number> => {
    const before = output.length
    run(args)
    const line = () => /LISTENING (\d+)/.exec(output.slice(before))?.[1]
    await expect.poll(line, { timeout: 60_000 }).toBeDefined()
    return Number(line())
  }

  it('sells an order together, and each stops when it is asked to', async () => {
    const [storePort, simulatorPort] = [
      await listening('embedded-eventstore', '--port', '0', '--db', join(dataDir, 'events.db')),
      await listening('paypay-simulator', '--port', '0', '--tls-port', '0', '--data', dataDir),
    ]
    const [apiPort = 0] = await freePorts(1)
    const environment = {
      EVENTSTORE_URL: `esdb://127.0.0.1:${storePort}?tls=false`,
      PAYPAY_SIMULATOR_URL: `http://127.0.0.1:${simulatorPort}`,
      PORT: String(apiPort),
    }
    const seeding = run(['seed'], environment)
    const seeded = new Promise((resolve) => seeding.once('exit', resolve))
    for (const role of ['projections', 'processmanagers', 'api']) run([role], environment)
    expect(await seeded, output).toBe(0)
    const shopUrl = `http://127.0.0.1:${apiPort}`
    await expect.poll(() => isReady(shopUrl), { timeout: 60_000 }).toBe(true)

    const buyer = await signIn(shopUrl, 'roles@example.com')
    await expect
      .poll(async () => (await buyer.call('GET', '/api/products/sencha-yame-100g')).status, {
        timeout: 60_000,
      })
      .toBe(200)
    const { orderId } = await buyer.place('sencha-yame-100g', 2)
    const { merchantPaymentId } = await buyer.payable(orderId)
    await simulatorControl(`http://127.0.0.1:${simulatorPort}`)('pay', { merchantPaymentId, dropHook: true })
    const asked = await buyer.call('POST', `/api/orders/${orderId}/payments/refresh`)
    expect(asked.status).toBe(200)
    expect((await buyer.until(orderId, 'PAID', ({ status }) => status === 'PAID')).status).toBe('PAID')
  }, 300_000)

  it('says what is missing instead of starting half', async () => {
    const child = run(['api'], { EVENTSTORE_URL: '' })
    const code = await new Promise((resolve) => child.once('exit', resolve))
    expect(code).toBe(1)
    expect(output).toContain('needs EVENTSTORE_URL')
  })
})
