import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigurationError, type Config } from '#platform/config/config.ts'
import { PAYPAY_ORIGINS, type PayPayEnvironment } from '#platform/paypay/environment.ts'

/** Where PayPay is and who we are there. */
export interface PayPayAddress {
  readonly baseUrl: string
  readonly environment: PayPayEnvironment
  readonly apiKey: string
  readonly apiSecret: string
  readonly merchantId: string
}

const Credentials = z.object({ apiKey: z.string(), apiSecret: z.string(), merchantId: z.string() })

/** The real PayPay by configuration, else a simulator and the credentials it left in the data directory. */
export const paypayAddress = (config: Config, simulatorUrl: string): PayPayAddress => {
  const { PAYPAY_API_KEY: apiKey, PAYPAY_API_SECRET: apiSecret, PAYPAY_MERCHANT_ID: merchantId } = config
  const environment = config.PAYPAY_ENVIRONMENT
  const baseUrl = environment === 'simulator' ? simulatorUrl : PAYPAY_ORIGINS[environment]
  if (apiKey !== undefined && apiSecret !== undefined && merchantId !== undefined)
    return { baseUrl, environment, apiKey, apiSecret, merchantId }
  const file = join(config.KESSAI_DATA, 'paypay-simulator', 'credentials.json')
  try {
    return { baseUrl, environment, ...Credentials.parse(JSON.parse(readFileSync(file, 'utf8'))) }
  } catch {
    throw new ConfigurationError(`There are no PayPay credentials: neither configured nor in ${file}`)
  }
}
