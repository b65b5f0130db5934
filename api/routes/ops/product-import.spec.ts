import { randomUUID } from 'node:crypto'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EventStoreUnavailable } from '#platform/eventstore/port.ts'
import { apiBench, type ApiBench, type Browser } from '../../testing.ts'
import { multipartOf } from './multipart.ts'

let bench: ApiBench
let admin: Browser
let isStoreAway = false
beforeAll(async () => {
  bench = await apiBench({
    replace: ({ commands }) => ({
      commands: {
        ...commands,
        run: (...given) =>
          isStoreAway ? Promise.reject(new EventStoreUnavailable('away')) : commands.run(...given),
      },
    }),
  })
  admin = await bench.signIn('admin@example.com', ['admin'])
})
afterAll(async () => {
  await bench.close()
})

const HEAD = 'productId,title,description,price,status,createdAt,imageFile'
const send = (list: string | Buffer, headers: Record<string, string> = {}, by: Browser = admin) =>
  by.send({
    method: 'POST',
    url: '/api/ops/products/import',
    headers: { 'content-type': 'text/csv', ...headers },
    payload: list,
  })
const listOf = (...rows: readonly string[]) => send([HEAD, ...rows].join('\n'))
const shown = async (id: string) => (await bench.app.inject(`/api/products/${id}?lang=ja`)).json()
const fresh = (): string => `new-${randomUUID().slice(0, 8)}`

describe('importing a list of products', () => {
  it('lists what is new, where the shop shows it at once', async () => {
    const [a, b] = [fresh(), fresh()]
    const reply = await listOf(
      `${a},"急須, 小",おいしいお茶に。,3300,ACTIVE,2026-11-20T10:00:00+09:00,`,
      `${b},飯碗,"毎日の
飯碗。",2420.00,active,2026-11-20,`,
    )
    expect(reply.statusCode).toBe(200)
    expect(reply.json()).toMatchObject({ total: 2, success: 2, unchanged: 0, failed: 0, errors: [] })
    expect(await shown(a)).toMatchObject({
      title: '急須, 小',
      priceMinor: 3_300,
      currency: 'JPY',
      category: 'other',
      taxRatePercent: 10,
      available: 0,
      imageUrl: `/images/${a}.svg`,
    })
    expect(await shown(b)).toMatchObject({ description: '毎日の\n飯碗。', priceMinor: 2_420 })
    const [listed] = await bench.eventsOf(`product-${a}`)
    expect(listed?.metadata.actor).toBe(`staff:${admin.customerId}`)
    expect(listed?.data).toMatchObject({ listedAtMs: Date.parse('2026-11-20T01:00:00Z') })
  })

  it('changes nothing the second time', async () => {
    const rows = Array.from({ length: 40 }, () => `${fresh()},茶,茶です。,100,ACTIVE,2026-11-20,`)
    expect((await listOf(...rows)).json()).toMatchObject({ total: 40, success: 40, unchanged: 0 })
    expect((await listOf(...rows)).json()).toMatchObject({ total: 40, success: 40, unchanged: 40, failed: 0 })
  })

  it('changes what has changed, takes off sale what is INACTIVE, and puts it back', async () => {
    const id = fresh()
    await listOf(`${id},茶,茶です。,100,ACTIVE,2026-11-20,`)
    await listOf(`${id},新茶,茶です。,120,ACTIVE,2026-11-20,`)
    expect(await shown(id)).toMatchObject({ title: '新茶', priceMinor: 120 })
    await listOf(`${id},新茶,茶です。,120,INACTIVE,2026-11-20,`)
    expect(await shown(id)).toMatchObject({ code: 'product-not-found' })
    await listOf(`${id},新茶,茶です。,120,ACTIVE,2026-11-20,`)
    expect(await shown(id)).toMatchObject({ title: '新茶' })
    expect(await bench.typesOf(`product-${id}`)).toStrictEqual([
      'ProductListed',
      'ProductRepriced',
      'ProductDescribed',
      'ProductDelisted',
      'ProductListed',
    ])
  })

  it('never sells what it brings in as INACTIVE', async () => {
    const id = fresh()
    expect((await listOf(`${id},茶,茶です。,100,INACTIVE,,`)).json()).toMatchObject({ success: 1 })
    expect(await shown(id)).toMatchObject({ code: 'product-not-found' })
    expect((await admin.get(`/api/ops/products/${id}`)).json()).toMatchObject({ status: 'INACTIVE' })
  })

  it('carries out the rows of one product in their order', async () => {
    const id = fresh()
    const rows = [100, 200, 300, 400].map((price) => `${id},茶,茶です。,${price},ACTIVE,2026-11-20,`)
    expect((await listOf(...rows)).json()).toMatchObject({ total: 4, success: 4 })
    expect(await shown(id)).toMatchObject({ priceMinor: 400 })
  })

  it('names each row that is wrong, and carries out the others', async () => {
    const [good, last] = [fresh(), fresh()]
    const reply = await listOf(
      `${good},茶,茶です。,100,ACTIVE,2026-11-20,`,
      'Not An Id,茶,茶です。,100,ACTIVE,2026-11-20,',
      'a1,,茶です。,100,ACTIVE,2026-11-20,',
      'a2,茶,,100,ACTIVE,2026-11-20,',
      'a3,茶,茶です。,0,ACTIVE,2026-11-20,',
      'a4,茶,茶です。,"1,200",ACTIVE,2026-11-20,',
      'a5,茶,茶です。,100,SOLD,2026-11-20,',
      'a6,茶,茶です。,100,ACTIVE,2026-02-31,',
      'a7,茶,茶です。,100,ACTIVE,2026-11-20,../../etc/passwd',
      'a8,茶,茶です。,100,ACTIVE,2026-11-20,never-uploaded.jpg',
      'a9,茶,茶です。,100,ACTIVE',
      '',
      'b1,"茶"x,茶です。,100,ACTIVE,2026-11-20,',
      `b2,${'茶'.repeat(201)},茶です。,100,ACTIVE,2026-11-20,`,
      'b3,茶\u0007,茶です。,100,ACTIVE,2026-11-20,',
      `${last},茶,茶です。,100,ACTIVE,2026-11-20,`,
    )
    expect(reply.statusCode).toBe(200)
    const { errors, ...counts } = reply.json<{
      errors: { line: number; productId: string; code: string; message: string }[]
    }>()
    expect(counts).toMatchObject({ total: 15, success: 2, failed: 13 })
    expect(errors.map(({ line, productId, code }) => [line, productId, code])).toStrictEqual([
      [3, 'Not An Id', 'product-id-invalid'],
      [4, 'a1', 'title-invalid'],
      [5, 'a2', 'description-invalid'],
      [6, 'a3', 'price-invalid'],
      [7, 'a4', 'price-invalid'],
      [8, 'a5', 'status-invalid'],
      [9, 'a6', 'created-at-invalid'],
      [10, 'a7', 'image-file-invalid'],
      [11, 'a8', 'image-not-found'],
      [12, 'a9', 'cells-miscounted'],
      [14, '', 'row-unreadable'],
      [15, 'b2', 'title-invalid'],
      [16, 'b3', 'title-invalid'],
    ])
    for (const { message } of errors) expect(message.length).toBeGreaterThan(10)
    expect(await shown(good)).toMatchObject({ title: '茶' })
    expect(await shown(last)).toMatchObject({ title: '茶' })
    expect(await bench.typesOf('product-a1')).toStrictEqual([])
  })

  it('takes what looks like a formula for the text it is', async () => {
    const id = fresh()
    await listOf(`${id},=1+1,@SUM(A1),100,ACTIVE,2026-11-20,`)
    expect(await shown(id)).toMatchObject({ title: '=1+1', description: '@SUM(A1)' })
  })

  it('takes columns in any order, passes over others, and takes translations, category and tax rate', async () => {
    const id = fresh()
    const reply = await send(
      `\uFEFFTITLE,productid,price,note,status,description,imageFile,createdAt,titleEn,category,taxRatePercent\r\n` +
        `煎茶,${id},100,x,ACTIVE,お茶です。,,2026-11-20,Sencha,tea,8\r\n`,
    )
    expect(reply.json()).toMatchObject({ success: 1, failed: 0 })
    expect((await bench.app.inject(`/api/products/${id}?lang=en`)).json()).toMatchObject({
      title: 'Sencha',
      description: 'お茶です。',
      category: 'tea',
      taxRatePercent: 8,
    })
  })

  it('shows a product by a picture that was uploaded before', async () => {
    const id = fresh()
    const upload = await sharp({ create: { width: 50, height: 40, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    const fileName = `急須-${id}.png`
    const kept = await admin.send({
      method: 'POST',
      url: '/api/ops/images',
      ...multipartOf(upload, fileName),
    })
    expect(kept.statusCode).toBe(201)
    await listOf(`${id},急須,急須です。,100,ACTIVE,2026-11-20,${fileName}`)
    const { imageUrl, thumbnailUrl } = kept.json<{ imageUrl: string; thumbnailUrl: string }>()
    expect(await shown(id)).toMatchObject({ imageUrl, thumbnailUrl })
    expect((await listOf(`${id},急須,急須です。,100,ACTIVE,2026-11-20,${fileName}`)).json()).toMatchObject({
      unchanged: 1,
    })
  })

  it('takes the list as the file of a form as well', async () => {
    const id = fresh()
    const list = Buffer.from(`${HEAD}\n${id},茶,茶です。,100,ACTIVE,,\n`)
    const reply = await admin.send({
      method: 'POST',
      url: '/api/ops/products/import',
      ...multipartOf(list, 'products.csv', 'text/csv'),
    })
    expect(reply.json()).toMatchObject({ total: 1, success: 1 })
  })

  it('gives an example that it can import itself', async () => {
    const example = await admin.get('/api/ops/products/import/example')
    expect(example.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(example.headers['content-disposition']).toContain('attachment')
    expect((await send(example.rawPayload)).json()).toMatchObject({ total: 2, success: 2, errors: [] })
  })

  it('says of rows it could not decide that nothing is known, and does them the next time', async () => {
    const rows = Array.from({ length: 30 }, () => `${fresh()},茶,茶です。,100,ACTIVE,2026-11-20,`)
    isStoreAway = true
    const cut = await listOf(...rows)
    isStoreAway = false
    expect(cut.json()).toMatchObject({ total: 30, success: 0, failed: 30 })
    expect(cut.json<{ errors: { code: string }[] }>().errors.map(({ code }) => code)).toStrictEqual(
      rows.map(() => 'not-done'),
    )
    expect((await listOf(...rows)).json()).toMatchObject({ success: 30 })
  })
})

describe('a list that is refused as a whole', () => {
  const answer = async (reply: ReturnType<typeof send>) => {
    const { statusCode, json } = await reply
    const { code, detail, errors } = json<{ code: string; detail: string; errors?: { path: string }[] }>()
    return { statusCode, code, detail, missing: errors?.map(({ path }) => path) }
  }

  it('names the columns it lacks', async () => {
    expect(await answer(send('productId,title,price\na,b,1\n'))).toMatchObject({
      statusCode: 422,
      code: 'csv-columns-missing',
      missing: ['description', 'status', 'createdAt', 'imageFile'],
    })
  })

  it('is Shift_JIS, and is told how to be UTF-8', async () => {
    const shiftJis = Buffer.concat([Buffer.from(`${HEAD}\na,`), Buffer.from([0x8b, 0x7d, 0x90, 0x7b])])
    const refused = { statusCode: 422, code: 'csv-not-utf-8', detail: expect.stringContaining('UTF-8') }
    expect(await answer(send(shiftJis))).toMatchObject({
      ...refused,
      detail: expect.stringContaining('Shift_JIS'),
    })
    expect(await answer(send(HEAD, { 'content-type': 'text/csv; charset=Shift_JIS' }))).toMatchObject(refused)
  })

  it('is empty, too long, too large, or no CSV', async () => {
    expect(await answer(send(''))).toMatchObject({ statusCode: 422, code: 'csv-unreadable' })
    expect(await answer(send(`${HEAD}\n${'a,b,c,1,ACTIVE,,\n'.repeat(10_001)}`))).toMatchObject({
      statusCode: 413,
      code: 'csv-too-large',
    })
    expect(await answer(send(`${HEAD}\n${'x'.repeat(9 * 1_024 * 1_024)}`))).toMatchObject({
      statusCode: 413,
      code: 'csv-too-large',
    })
    expect(await answer(send('{"a":1}', { 'content-type': 'application/json' }))).toMatchObject({
      statusCode: 415,
      code: 'unsupported-media-type',
    })
  })

  it('comes while another is being imported', async () => {
    const rows = Array.from({ length: 300 }, () => `${fresh()},茶,茶です。,100,ACTIVE,2026-11-20,`)
    const codes = (await Promise.all([listOf(...rows), listOf(...rows)])).map(({ statusCode }) => statusCode)
    expect(codes.toSorted((a, b) => a - b)).toStrictEqual([200, 409])
  })

  it('comes from somebody who may not', async () => {
    for (const role of ['support', 'operator', 'auditor'] as const) {
      const other = await bench.signIn(`${role}@example.com`, [role])
      expect((await send(`${HEAD}\nforbidden,a,b,1,ACTIVE,,`, {}, other)).statusCode).toBe(403)
    }
    const buyer = await bench.signIn('buyer@example.com')
    expect((await send(`${HEAD}\nforbidden,a,b,1,ACTIVE,,`, {}, buyer)).statusCode).toBe(403)
    const stranger = { method: 'POST', url: '/api/ops/products/import', payload: HEAD } as const
    expect((await bench.app.inject(stranger)).statusCode).toBe(401)
    expect(await bench.typesOf('product-forbidden')).toStrictEqual([])
  })
})
