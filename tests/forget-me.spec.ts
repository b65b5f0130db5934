import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { extract } from 'tar'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { startInstance } from '../demo/instance.ts'
import { signIn, simulatorControl, type Buyer } from '../demo/shop-client.ts'
import { filesIn, tracesOf, type Searched } from './traces/traces.ts'

const EMAIL = 'yurika.kouketsu.7731@example.com'
const PRODUCT = 'sencha-yame-100g'
const PROFILE = {
  name: '纐纈 百合香',
  kana: 'こうけつ ゆりか',
  birthDate: '1979-08-17',
  gender: 'female',
  phone: '090-7731-4482',
  email: 'private.yurika@kouketsu.example',
  address: {
    postalCode: '509-7731',
    prefecture: '岐阜県',
    city: '恵那市犀川町',
    addressLine1: '緑丘四丁目7731番地',
    addressLine2: '百合荘907号',
  },
}
/** The edits replace these, so they stand in older events alone. */
const LATIN_NAME = 'Yurika Kouketsu-Ramsbottom'
const OLD_PHONE = '0573-7731-119'

const SECRETS = [
  EMAIL,
  'yurika.kouketsu',
  PROFILE.name,
  '百合香',
  'コウケツ',
  PROFILE.kana,
  PROFILE.birthDate,
  PROFILE.phone,
  PROFILE.email,
  PROFILE.address.postalCode,
  PROFILE.address.city,
  PROFILE.address.addressLine1,
  PROFILE.address.addressLine2,
  LATIN_NAME,
  'Ramsbottom',
  OLD_PHONE,
]

const kessai = (dataDir: string, ...command: string[]) =>
  promisify(execFile)(process.execPath, ['main.ts', ...command], {
    env: { ...process.env, KESSAI_DATA: dataDir, LOG_LEVEL: 'debug' },
    timeout: 120_000,
  })

const told = (name: string, content: unknown): Searched => ({
  name,
  bytes: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
})

const ordered = async (person: Buyer, contact: object): Promise<string> => {
  const { status, body } = await person.call(
    'POST',
    '/api/orders',
    {
      items: [{ productId: PRODUCT, quantity: 1 }],
      paymentMethod: 'PAYPAY',
      contact,
      delivery: PROFILE.address,
    },
    { 'idempotency-key': crypto.randomUUID() },
  )
  expect(status).toBe(201)
  return z.object({ orderId: z.string() }).parse(body).orderId
}

it('after “forget me” no byte of the person is left in any store, log, export or backup, and a restored keyring brings none back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-forget-me-'))
  let log = ''
  const shop = await startInstance(
    { LOG_LEVEL: 'debug' },
    { onOutput: (text) => void (log += text), dataDir: join(folder, 'shop') },
  )
  try {
    const person = await signIn(shop.shopUrl, EMAIL)
    const put = async (profile: object) => {
      expect((await person.call('PUT', '/api/me', profile)).status).toBe(200)
    }
    await put({ ...PROFILE, name: LATIN_NAME, kana: 'ｺｳｹﾂ ﾕﾘｶ', phone: OLD_PHONE })
    await put({ ...PROFILE, phone: OLD_PHONE })
    await put(PROFILE)
    // What is refused, asked for or misspelt must leave no trace either.
    expect((await person.call('PUT', '/api/me', { ...PROFILE, birthDate: '1979-08-17x' })).status).toBe(422)
    await person.call('GET', `/api/orders?page=${encodeURIComponent(PROFILE.name)}`)
    await person.call('GET', `/api/nowhere/${encodeURIComponent(EMAIL)}`)

    const { name, kana, phone, email } = PROFILE
    const paid = await ordered(person, { name, kana, phone, email })
    const open = await ordered(person, { name: LATIN_NAME, phone: OLD_PHONE })
    const { merchantPaymentId } = await person.payable(paid)
    await simulatorControl(shop.simulatorUrl)('pay', { merchantPaymentId })
    await person.until(paid, 'paid', ({ status }) => status === 'PAID')
    const staff = await signIn(shop.shopUrl, 'staff@example.com', ['admin'])
    const refunded = await staff.call(
      'POST',
      `/api/ops/orders/${paid}/refund`,
      { amountMinor: 100, reason: 'damaged' },
      { 'idempotency-key': crypto.randomUUID() },
    )
    expect(refunded.status).toBeLessThan(300)
    await person.until(paid, 'a refund', ({ refunds = [] }) =>
      refunds.some(({ status }) => status === 'COMPLETED'),
    )
    await person.call('PUT', '/api/cart', { items: [{ productId: PRODUCT, quantity: 3 }] })
    await person.payable(open)

    const own = await person.call('GET', '/api/me/export')
    const inOwnData = tracesOf(SECRETS, [told('own data', own.body)]).join('\n')
    for (const secret of SECRETS.filter((each) => each !== 'コウケツ'))
      expect(inOwnData).toContain(`own data: ${secret} as utf-8`)
    // Whoever is signed in has a session with their address in it; there and nowhere else.
    const live = tracesOf(SECRETS, [...filesIn(shop.dataDir), told('log', log)])
    expect(
      live.filter(
        (trace) => !/^sessions\.db(-wal)?: yurika\.kouketsu|^sessions\.db(-wal)?: yurika/.test(trace),
      ),
    ).toEqual([])

    const backupBefore = join(folder, 'before.kessai')
    await kessai(shop.dataDir, 'eventstore', 'backup', backupBefore)

    const forgotten = await person.call('POST', '/api/me/forget')
    expect([forgotten.status, forgotten.body]).toEqual([200, { forgotten: true }])
    expect((await person.call('GET', '/api/me')).status).toBe(401)

    const exportOf = async (format: string) => {
      const reply = await fetch(`${shop.shopUrl}/api/audit/export?format=${format}&withData=true`, {
        headers: { cookie: staff.cookie },
      })
      expect(reply.status).toBe(200)
      return told(`audit.${format}`, await reply.text())
    }
    const audited = [await exportOf('csv'), await exportOf('jsonl')]
    await kessai(shop.dataDir, 'eventstore', 'backup', join(folder, 'after.kessai'))
    const everything = () => [...filesIn(folder), ...audited, told('log', log)]
    expect(everything().map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'before.kessai',
        'after.kessai',
        'shop/events.db',
        'shop/keyring.db',
        'shop/sessions.db',
      ]),
    )
    expect(tracesOf(SECRETS, everything())).toEqual([])

    // Orders and books stay whole without the person.
    const shown = await staff.call('GET', `/api/orders/${paid}`)
    expect(shown.body).toMatchObject({ status: 'PAID', lines: [{ productId: PRODUCT }] })
    const timeline = await staff.call('GET', `/api/orders/${paid}/timeline`)
    expect(timeline.body).toMatchObject({ orderId: paid })
    await shop.kill()
    expect((await kessai(shop.dataDir, 'invariants')).stdout).toMatch(/ 0 violations/)
    expect(tracesOf(SECRETS, everything())).toEqual([])

    // The keyring of before the forgetting comes back, as after a disk that failed, beside the log of today.
    const unpacked = join(folder, 'unpacked')
    mkdirSync(unpacked)
    await extract({ file: backupBefore, cwd: unpacked })
    for (const side of ['', '-wal', '-shm']) rmSync(join(shop.dataDir, `keyring.db${side}`), { force: true })
    copyFileSync(join(unpacked, 'keyring.db'), join(shop.dataDir, 'keyring.db'))
    await shop.restart()
    const back = await signIn(shop.shopUrl, EMAIL)
    const recipient = await back.call('GET', `/api/orders/${paid}/recipient`)
    expect(recipient.body).toEqual({ forgotten: true, unreadable: false })
    const me = (await back.call('GET', '/api/me')).body
    expect(me).toMatchObject({ registered: false })
    expect(me).not.toHaveProperty('profile')
  } finally {
    await shop.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}, 300_000)
