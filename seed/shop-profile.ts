import { readFile } from 'node:fs/promises'
import { ShopProfile } from '#domain/shop/profile.ts'
import { ConfigurationError } from '#platform/config/config.ts'

/**
 * What the shop says about itself: from the named file (`SHOP_PROFILE`), else the demo shop's own.
 * @throws ConfigurationError when the file cannot be read or lacks something the law asks for; it says what.
 */
export const shopProfile = async (file?: string): Promise<ShopProfile> => {
  const said = (problem: string): ConfigurationError =>
    new ConfigurationError(`SHOP_PROFILE: ${file ?? 'the demo shop’s profile'} ${problem}`)
  const text = await readFile(file ?? new URL('shop.json', import.meta.url), 'utf8').catch(() => {
    throw said('cannot be read')
  })
  const parsed = ShopProfile.safeParse(parsedJson(text, said('is not JSON')))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw said(`is not complete:\n  ${problems.join('\n  ')}`)
}

const parsedJson = (text: string, otherwise: ConfigurationError): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw otherwise
  }
}
