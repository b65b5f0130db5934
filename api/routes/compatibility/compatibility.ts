import type { ChannelTokens } from '../../channel-token.ts'
import type { ApiDependencies } from '../../dependencies.ts'
import type { ApiScope } from '../../instance.ts'
import type { OrderReader } from '../../orders/order-reader.ts'
import { foreignCounter } from './foreign-counter.ts'
import { gozonRoutes } from './gozon.ts'
import { hw4Routes } from './hw4.ts'

/** The addresses of other systems that are asked for, each for its own clients. None unless configured. */
export const compatibilityRoutes = (
  app: ApiScope,
  deps: ApiDependencies,
  { reader, tokens }: { readonly reader: OrderReader; readonly tokens: ChannelTokens },
): void => {
  const { config, newId, clock, sessions } = deps
  const { COMPATIBILITY_ROUTES: dialects, COMPATIBILITY_CURRENCY: currency } = config
  if (dialects.length === 0) return
  const options = { counter: foreignCounter(deps, reader), currency, newId }
  if (dialects.includes('gozon')) gozonRoutes(app, options)
  if (dialects.includes('hw4')) hw4Routes(app, { ...options, clock, sessions, tokens })
}
