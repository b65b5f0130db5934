import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { apiBench, type ApiBench, type Browser } from '../../testing.ts'

let bench: ApiBench
let admin: Browser
let auditor: Browser
beforeAll(async () => {
  bench = await apiBench()
  admin = await bench.signIn('admin@example.com', ['admin'])
  auditor = await bench.signIn('auditor@example.com', ['auditor'])
  for (const id of ['sencha', 'bancha', 'kettle']) await bench.offer(id, 1_200, 5)
})
afterAll(async () => {
  await bench.close()
})

const Listing = z.object({ items: z.array(z.object({ productId: z.string() })) })
const idsIn = (reply: { json: () => unknown }): readonly string[] =>
  Listing.parse(reply.json()).items.map(({ productId }) => productId)
const codeOf = (reply: { readonly statusCode: number; json: () => unknown }) => {
  const body = reply.json()
  return [
    reply.statusCode,
    typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined,
  ]
}

describe('the catalogue as staff see it', () => {
  it('shows what is off sale too, with its stock', async () => {
    await admin.post('/api/ops/products/kettle/status', { status: 'INACTIVE' })
    const all = await auditor.get('/api/ops/products?lang=en')
    expect(all.json()).toMatchObject({ total: 3, page: 1, size: 20 })
    expect((await auditor.get('/api/ops/products/kettle?lang=en')).json()).toMatchObject({
      productId: 'kettle',
      title: 'Tea kettle',
      status: 'INACTIVE',
      priceMinor: 1_200,
      hasPicture: false,
      stock: { total: 5, available: 5, reserved: 0, sold: 0 },
    })
    expect(idsIn(await auditor.get('/api/ops/products?status=INACTIVE'))).toStrictEqual(['kettle'])
    expect(idsIn(await auditor.get('/api/ops/products?q=CHA')).toSorted()).toStrictEqual(['bancha', 'sencha'])
    expect(idsIn(await auditor.get('/api/ops/products?q=cha&status=INACTIVE'))).toStrictEqual([])
  })

  it('refuses what it does not understand, and knows no other products', async () => {
    expect((await auditor.get('/api/ops/products?status=SOLD')).statusCode).toBe(400)
    expect(codeOf(await auditor.get('/api/ops/products/nothing'))).toStrictEqual([404, 'product-not-found'])
  })
})

describe('changing one product', () => {
  it('reprices it for everybody', async () => {
    const reply = await admin.post('/api/ops/products/sencha/price', { priceMinor: 1_300 })
    expect(reply.json()).toMatchObject({ productId: 'sencha', priceMinor: 1_300 })
    expect((await bench.app.inject('/api/products/sencha')).json()).toMatchObject({ priceMinor: 1_300 })
  })

  it.each([{ priceMinor: 0 }, { priceMinor: -1 }, { priceMinor: 1.5 }, { priceMinor: 1e11 }, {}])(
    'cannot make the price %j',
    async (body) => {
      expect(codeOf(await admin.post('/api/ops/products/bancha/price', body))).toStrictEqual([
        422,
        'validation-failed',
      ])
    },
  )

  it('takes it off sale and puts it back as it was', async () => {
    await admin.post('/api/ops/products/bancha/price', { priceMinor: 900 })
    const off = await admin.post('/api/ops/products/bancha/status', { status: 'INACTIVE' })
    expect(off.json()).toMatchObject({ status: 'INACTIVE' })
    expect((await bench.app.inject('/api/products/bancha')).statusCode).toBe(404)
    expect(codeOf(await admin.post('/api/ops/products/bancha/price', { priceMinor: 800 }))).toStrictEqual([
      409,
      'product-delisted',
    ])
    for (let time = 0; time < 2; time += 1)
      expect(
        (await admin.post('/api/ops/products/bancha/status', { status: 'ACTIVE' })).json(),
      ).toMatchObject({
        status: 'ACTIVE',
        priceMinor: 900,
        taxRatePercent: 8,
      })
    expect(await bench.typesOf('product-bancha')).toStrictEqual([
      'ProductListed',
      'ProductRepriced',
      'ProductDelisted',
      'ProductListed',
    ])
  })

  it('is for admins alone', async () => {
    const operator = await bench.signIn('operator@example.com', ['operator'])
    for (const somebody of [auditor, operator, await bench.signIn('buyer@example.com')]) {
      expect((await somebody.post('/api/ops/products/sencha/price', { priceMinor: 1 })).statusCode).toBe(403)
      const off = await somebody.post('/api/ops/products/sencha/status', { status: 'INACTIVE' })
      expect(off.statusCode).toBe(403)
    }
    expect((await bench.app.inject('/api/ops/products')).statusCode).toBe(401)
  })
})
