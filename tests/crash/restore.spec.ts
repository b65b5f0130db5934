import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { startInstance } from '../../demo/instance.ts'
import { signIn, simulatorControl } from '../../demo/shop-client.ts'

const kessai = (dataDir: string, ...command: string[]) =>
  promisify(execFile)(process.execPath, ['main.ts', ...command], {
    env: { ...process.env, KESSAI_DATA: dataDir, LOG_LEVEL: 'warn' },
    timeout: 60_000,
  })

it('a shop backed up while it is open comes back with its orders, and with what only the keyring can read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kessai-restore-'))
  const file = join(folder, 'shop.kessai')
  const restored = join(folder, 'restored')
  const lost = await startInstance()
  try {
    const buyer = await signIn(lost.shopUrl, 'restore@example.com')
    const reply = await buyer.call(
      'POST',
      '/api/orders',
      {
        items: [{ productId: 'sencha-yame-100g', quantity: 1 }],
        paymentMethod: 'PAYPAY',
        contact: { name: '日々 花子', email: 'restore@example.com' },
      },
      { 'idempotency-key': 'restore-1' },
    )
    expect(reply.status).toBe(201)
    const { orderId } = await buyer.place('sencha-yame-100g')
    const { merchantPaymentId } = await buyer.payable(orderId)
    await simulatorControl(lost.simulatorUrl)('pay', { merchantPaymentId })
    await buyer.until(orderId, 'paid', ({ status }) => status === 'PAID')

    const { stdout } = await kessai(lost.dataDir, 'eventstore', 'backup', file)
    expect(stdout).toMatch(/shop\.kessai: [\d,]+ events and the keyring/)
    await copyFile(join(lost.dataDir, 'master.key'), join(folder, 'master.key'))
    await lost.stop()

    await kessai(restored, 'eventstore', 'restore', file)
    await copyFile(join(folder, 'master.key'), join(restored, 'master.key'))
    const shop = await startInstance({}, { dataDir: restored })
    try {
      const back = await signIn(shop.shopUrl, 'restore@example.com')
      expect(await back.order(orderId)).toMatchObject({ status: 'PAID' })
      const placed = z.object({ orderId: z.string() }).parse(reply.body)
      const recipient = await back.call('GET', `/api/orders/${placed.orderId}/recipient`)
      expect(recipient.body).toMatchObject({ contact: { name: '日々 花子' } })
      // The shop goes on: whoever orders next is served.
      const next = await back.place('sencha-yame-100g')
      await back.payable(next.orderId)
      expect((await kessai(restored, 'invariants')).stdout).toMatch(/ 0 violations/)
    } finally {
      await shop.stop()
    }
  } finally {
    await lost.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}, 300_000)
