import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiBench, until, type ApiBench } from '../../testing.ts'

describe('the read models under /api/ops', () => {
  let bench: ApiBench
  beforeAll(async () => {
    bench = await apiBench()
    await bench.offer('sencha')
  })
  afterAll(() => bench.close())

  const URL = '/api/ops/projections'

  it('are listed for staff with their copies, and for nobody else', async () => {
    const operator = await bench.signIn('operator@example.com', ['operator'])
    const listed = await operator.get(URL)
    expect(listed.statusCode).toBe(200)
    expect(listed.headers['cache-control']).toBe('no-store')
    expect(listed.json().items).toContainEqual(
      expect.objectContaining({
        name: 'products',
        copies: [expect.objectContaining({ generation: 1, role: 'active', documents: 1, parked: 0 })],
      }),
    )
    const buyer = await bench.signIn('buyer@example.com')
    expect((await buyer.get(URL)).json()).toMatchObject({ status: 403, code: 'role-missing' })
  })

  it('are rebuilt, switched and brought back by operators and administrators only', async () => {
    for (const role of ['support', 'auditor'] as const) {
      const browser = await bench.signIn(`${role}@example.com`, [role])
      expect((await browser.get(URL)).statusCode).toBe(200)
      for (const path of ['rebuild', 'switch', 'rollback', 'cancel', 'drop'])
        expect((await browser.post(`${URL}/products/${path}`)).json()).toMatchObject({ code: 'role-missing' })
    }
    const admin = await bench.signIn('admin@example.com', ['admin'])
    const asked = await admin.post(`${URL}/products/rebuild`)
    expect(asked.json()).toMatchObject({ changed: true, copies: { active: 1, building: { generation: 2 } } })
    expect((await admin.post(`${URL}/products/rebuild`)).json()).toMatchObject({ changed: false })
    await until('the copy is live', async () => {
      const { items } = (await admin.get(URL)).json()
      return JSON.stringify(items).includes('"phase":"live"')
    })
    expect((await admin.post(`${URL}/products/switch`)).json()).toMatchObject({
      changed: true,
      copies: { active: 2, kept: { generation: 1 } },
    })
    await bench.offer('gyokuro')
    const shelf = await admin.get('/api/products')
    expect(shelf.json().total).toBe(2)
    expect((await admin.post(`${URL}/products/rollback`)).json()).toMatchObject({ copies: { active: 1 } })
    expect((await admin.get('/api/products')).json()).toStrictEqual(shelf.json())
    expect((await admin.post(`${URL}/products/drop`)).json()).toMatchObject({
      changed: true,
      copies: { active: 1, dropped: [{ generation: 2 }] },
    })
  })

  it('answer with a problem what cannot be done', async () => {
    const operator = await bench.signIn('operator@example.com', ['operator'])
    for (const [path, status, code] of [
      ['teas/rebuild', 404, 'projection-not-found'],
      ['order-summary/switch', 409, 'no-copy-being-built'],
      ['order-summary/cancel', 409, 'no-copy-being-built'],
      ['order-summary/rollback', 409, 'no-earlier-copy'],
      ['order-summary/drop', 409, 'no-earlier-copy'],
    ] as const)
      expect((await operator.post(`${URL}/${path}`)).json()).toMatchObject({ status, code })
  })
})
