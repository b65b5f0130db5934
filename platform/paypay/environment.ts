/** PayPay's API hosts (reference, "Environments"). */
export const PAYPAY_ORIGINS = {
  sandbox: 'https://stg-api.sandbox.paypay.ne.jp',
  production: 'https://api.paypay.ne.jp',
} as const

export type PayPayEnvironment = 'simulator' | keyof typeof PAYPAY_ORIGINS

/** PayPay's keys carry no mark of their environment; only those the simulator makes up can be told. */
const SIMULATOR_KEY = /^a_sim/

/**
 * Throws a TypeError when keys and address cannot belong together: PayPay over plain HTTP, the simulator's keys at
 * PayPay, or a stated environment whose address is another one. The message never repeats a key.
 */
export function requireFittingAddress(of: {
  baseUrl: string
  apiKey: string
  environment?: PayPayEnvironment
}): void {
  const { protocol, hostname, origin } = new URL(of.baseUrl)
  if (protocol !== 'https:' && protocol !== 'http:')
    throw new TypeError(`not an http or https address: ${of.baseUrl}`)
  const isPayPay = hostname === 'paypay.ne.jp' || hostname.endsWith('.paypay.ne.jp')
  if (isPayPay && protocol !== 'https:') throw new TypeError(`PayPay is spoken to over https only: ${origin}`)
  if (isPayPay && SIMULATOR_KEY.test(of.apiKey))
    throw new TypeError(`these are the simulator's keys, and ${origin} is PayPay's`)
  if (of.environment === undefined) return
  const fits = of.environment === 'simulator' ? !isPayPay : origin === PAYPAY_ORIGINS[of.environment]
  if (!fits) throw new TypeError(`${origin} is not the address of PayPay's ${of.environment}`)
}
