import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadCredentials } from './credentials.ts'
import { defaultKnobs } from './knobs.ts'
import { listen } from './listening.ts'
import { startSimulator } from './simulator.ts'
import { type Rig, merchantAt, startRig } from './spec-rig.ts'

let dataDir: string
const children: ChildProcess[] = []
const rigs: Rig[] = []

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'kessai-paypay-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const rig of rigs.splice(0)) await rig.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const open = async (options: object = {}) => {
  const rig = await startRig({ dataDir, ...options })
  rigs.push(rig)
  return rig
}

/** Runs the role as the command line does, in a process of its own. */
async function startProcess(stdio: 'ipc' | 'plain'): Promise<{ child: ChildProcess; port: number }> {
  const program = `
    import { runPayPaySimulator } from ${JSON.stringify(new URL('main.ts', import.meta.url).href)}
    await runPayPaySimulator({ dataDir: ${JSON.stringify(dataDir)}, port: 0, tlsPort: 0 })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit', ...(stdio === 'ipc' ? (['ipc'] as const) : [])],
  })
  children.push(child)
  let said = ''
  for await (const chunk of child.stdout ?? []) {
    said += String(chunk)
    const ready = /^LISTENING (\d+) (\d+)\n/.exec(said)
    if (ready !== null) return { child, port: Number(ready[1]) }
  }
  throw new Error(`the simulator ended: ${said}`)
}

describe('the files', () => {
  it('keep credentials and certificate over a restart, the secret ones private', async () => {
    const first = await open()
    const { credentials, caPem } = first.simulator
    await first.simulator.stop()
    const second = await open()
    expect(second.simulator.credentials).toEqual(credentials)
    expect(second.simulator.caPem).toBe(caPem)
    const at = (name: string) => join(dataDir, 'paypay-simulator', name)
    expect(JSON.parse(readFileSync(at('credentials.json'), 'utf8'))).toEqual(credentials)
    expect(readFileSync(at('cert.pem'), 'utf8')).toBe(caPem)
    for (const name of ['credentials.json', 'key.pem']) expect(statSync(at(name)).mode & 0o077).toBe(0)
  })
})

describe('the state', () => {
  it('survives a restart: payments, refunds, cancels, clock and knobs', async () => {
    const before = await open()
    await before.sim('knobs', { authClock: 'real', refundSettleMs: null })
    for (const id of ['p1', 'p2', 'p3']) await before.createCode(id)
    const { paymentId } = await before.sim('pay', { merchantPaymentId: 'p1' })
    const amount = { amount: 40, currency: 'JPY' }
    await before.call('POST', '/v2/refunds', { merchantRefundId: 'r1', paymentId, amount, requestedAt: 1 })
    await before.call('DELETE', '/v2/payments/p2')
    await before.call('DELETE', '/v2/payments/never-created')
    await before.sim('clock', { advanceMs: 3_600_000 })
    const told = await before.see('state')
    await before.simulator.stop()

    const after = await open()
    const remembered = await after.see('state')
    expect(remembered['payments']).toEqual(told['payments'])
    expect(remembered['totals']).toEqual(told['totals'])
    expect(await after.see('clock')).toMatchObject({ offsetMs: 3_600_000 })
    await after.sim('pay', { merchantPaymentId: 'p2', late: true })
    const cancelled = await after.call('GET', '/v2/codes/payments/p2')
    expect(cancelled.data['status']).toBe('FAILED')
    expect((await after.createCode('p1')).code).toBe('DUPLICATE_DYNAMIC_QR_REQUEST')
    await after.createCode('never-created')
    await after.sim('pay', { merchantPaymentId: 'never-created' })
    expect((await after.call('GET', '/v2/codes/payments/never-created')).data['status']).toBe('FAILED')
  })

  it('forgets what a reset took back, and start options with their run', async () => {
    const before = await open({ codeLifeMs: 5 })
    await before.createCode('p1')
    await before.sim('clock', { advanceMs: 3_600_000 })
    await before.sim('knobs', { refundThrottleMs: 1 })
    await before.sim('reset')
    await before.sim('knobs', { refundHttpStatus: 201 })
    await before.simulator.stop()

    const after = await open()
    expect(await after.see('clock')).toMatchObject({ offsetMs: 0 })
    expect(await after.see('knobs')).toEqual({ ...defaultKnobs, refundHttpStatus: 201 })
    expect(await after.see('state')).toMatchObject({ totals: { attempts: 0 }, payments: [] })
  })

  it('loses nothing that was answered when the process is killed in the middle of payments', async () => {
    const { child, port } = await startProcess('plain')
    const merchant = merchantAt(
      `http://127.0.0.1:${port}`,
      loadCredentials(join(dataDir, 'paypay-simulator')),
    )
    const exit = once(child, 'exit')
    const answered: string[] = []
    const payOneAfterAnother = async (buyer: number) => {
      for (let turn = 0; turn < 1_000; turn += 1) {
        const id = `p-${buyer}-${turn}`
        await merchant.createCode(id)
        await merchant.sim('pay', { merchantPaymentId: id })
        answered.push(id)
        if (answered.length === 60) child.kill('SIGKILL')
      }
    }
    await Promise.allSettled(Array.from({ length: 8 }, (_, buyer) => payOneAfterAnother(buyer)))
    await exit

    const after = await open()
    expect(answered.length).toBeGreaterThanOrEqual(60)
    const statuses = answered.map(
      async (id) => (await after.call('GET', `/v2/codes/payments/${id}`)).data['status'],
    )
    expect(new Set(await Promise.all(statuses))).toEqual(new Set(['COMPLETED']))
  })
})

describe('the process', () => {
  it('ends in order on SIGTERM, even while its parent stays connected', async () => {
    const { child } = await startProcess('ipc')
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
  })

  it('ends when the parent that forked it goes away', async () => {
    const { child } = await startProcess('ipc')
    const exit = once(child, 'exit')
    child.disconnect()
    expect(await exit).toEqual([0, null])
  })

  it('waits for a port that is just being given back', async () => {
    const holder = createServer()
    const port = await listen(holder, '127.0.0.1', 0, 0)
    const starting = startSimulator({ dataDir: ':memory:', port, listenPatienceMs: 5_000 })
    holder.close()
    const simulator = await starting
    expect(simulator.port).toBe(port)
    await simulator.stop()
  })

  it('says which port is taken for good', async () => {
    const holder = createServer()
    const port = await listen(holder, '127.0.0.1', 0, 0)
    await expect(startSimulator({ dataDir: ':memory:', port, listenPatienceMs: 150 })).rejects.toThrow(
      `127.0.0.1:${port} is in use by another process`,
    )
    holder.close()
  })
})
