import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ConfigurationError } from '#platform/config/config.ts'
import { shopProfile } from './shop-profile.ts'

const Loose = z.looseObject({ seller: z.looseObject({}), privacy: z.array(z.unknown()) })
const demo = () => Loose.parse(JSON.parse(readFileSync(new URL('shop.json', import.meta.url), 'utf8')))

describe('the profile of the shop', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-shop-'))
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const written = (text: string): string => {
    const file = join(folder, 'shop.json')
    writeFileSync(file, text)
    return file
  }
  const refusalOf = (profile: Promise<unknown>): Promise<string> =>
    profile.then(
      () => 'accepted',
      (error: unknown) => {
        expect(error).toBeInstanceOf(ConfigurationError)
        return String(error)
      },
    )

  it('is the demo shop’s where none is named, and cannot be taken for a real business', async () => {
    const { seller, privacy } = await shopProfile()
    expect(seller.registrationNumber).toBe('T0000000000000')
    expect(seller.email).toMatch(/\.example$/)
    expect(seller.name).toMatchObject({
      ja: expect.stringContaining('見本'),
      en: expect.stringContaining('sample'),
      zh: expect.stringContaining('示例'),
    })
    expect(privacy.length).toBeGreaterThan(1)
  })

  it('is the named file’s', async () => {
    const own = { ...demo(), name: { ja: '自分の店', en: 'My shop', zh: '我的店' } }
    expect((await shopProfile(written(JSON.stringify(own)))).name.en).toBe('My shop')
  })

  it('says which file it cannot read, or that it is no JSON', async () => {
    const missing = join(folder, 'nowhere.json')
    expect(await refusalOf(shopProfile(missing))).toContain(`SHOP_PROFILE: ${missing} cannot be read`)
    expect(await refusalOf(shopProfile(written('{')))).toContain('is not JSON')
  })

  it.each([
    ['seller.registrationNumber', { registrationNumber: 'T123' }],
    ['seller.postalCode', { postalCode: '8120011' }],
    ['seller.email', { email: 'nobody' }],
    ['seller.phone', { phone: 'call us' }],
    ['seller.address.zh', { address: { ja: '東京都', en: 'Tokyo' } }],
    ['seller.returns.ja', { returns: { ja: ' ', en: 'None', zh: '无' } }],
    ['seller.returns', { returns: undefined }],
  ])('refuses one whose %s is not what it must be', async (path, change) => {
    const { seller, ...rest } = demo()
    const file = written(JSON.stringify({ ...rest, seller: { ...seller, ...change } }))
    expect(await refusalOf(shopProfile(file))).toContain(`${path}: `)
  })

  it('refuses a word it does not know, which may be a mistyped one', async () => {
    expect(await refusalOf(shopProfile(written(JSON.stringify({ ...demo(), tagLine: 'x' }))))).toContain(
      'tagLine',
    )
  })
})
