import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigurationError, type Config } from '#platform/config/config.ts'

/** Where PayPay is and who we are there. */
export interface PayPayAddress {
  readonly baseUrl: string
  readonly apiKey: string
  readonly apiSecret: string
  readonly merchantId: string
}

const Credentials = z.object({ apiKey: z.string(), apiSecret: z.string(), merchantId: z.string() })

/** From the API reference, "Environments". */
const HOSTS = {
  sandbox: 'https://stg-api.sandbox.paypay.ne.jp',
  production: 'https://api.paypay.ne.jp',
} as const

/** The real PayPay by configuration, else a simulator and the credentials it left in the data directory. */
export const paypayAddress = (config: Config, simulatorUrl: string): PayPayAddress => {
  const { PAYPAY_API_KEY: apiKey, PAYPAY_API_SECRET: apiSecret, PAYPAY_MERCHANT_ID: merchantId } = config
  const baseUrl = config.PAYPAY_ENVIRONMENT === 'simulator' ? simulatorUrl : HOSTS[config.PAYPAY_ENVIRONMENT]
  if (apiKey !== undefined && apiSecret !== undefined && merchantId !== undefined)
    return { baseUrl, apiKey, apiSecret, merchantId }
  const file = join(config.KESSAI_DATA, 'paypay-simulator', 'credentials.json')
  try {
    return { baseUrl, ...Credentials.parse(JSON.parse(readFileSync(file, 'utf8'))) }
  } catch {
    throw new ConfigurationError(`There are no PayPay credentials: neither configured nor in ${file}`)
  }
}
