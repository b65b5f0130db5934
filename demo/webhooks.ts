import { z } from 'zod'
import { simulatorControl } from './shop-client.ts'

const Settings = z.object({ profile: z.string() })
const Deliveries = z.object({ deliveries: z.array(z.object({ status: z.string() })) })

const REQUEST_TIMEOUT_MS = 5_000

const asked = async (address: string): Promise<unknown> => {
  const response = await fetch(address, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) })
  if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`)
  return response.json()
}

/** What became of the webhooks of one attempt, in the simulator's words: `delivered`, `maintenance` … */
export const deliveriesOf =
  (simulatorUrl: string) =>
  async (merchantPaymentId: string): Promise<readonly string[]> => {
    const { deliveries } = Deliveries.parse(
      await asked(`${simulatorUrl}/_sim/webhooks?merchantPaymentId=${merchantPaymentId}`),
    )
    return deliveries.map(({ status }) => status)
  }

/**
 * Stops every webhook, as PayPay does during its maintenance. Answers how to let them go on as they did before; doing
 * that twice is doing it once. What was not sent meanwhile is lost for good.
 */
export const silenceWebhooks = async (simulatorUrl: string): Promise<() => Promise<void>> => {
  const control = simulatorControl(simulatorUrl)
  const { profile } = Settings.parse(await asked(`${simulatorUrl}/_sim/webhooks`))
  await control('webhooks/profile', { profile: 'maintenance' })
  let restored: Promise<unknown> | undefined
  return async () => {
    restored ??= control('webhooks/profile', { profile })
    await restored
  }
}
