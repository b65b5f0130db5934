export type PayingMethod = 'PAYPAY' | 'WALLET'

/** Words of an order that differ by how it is paid: the wallet's own where it has some, `wallet.instead.…`, else the usual. */
export const useMethodWords = (method: () => PayingMethod | '') => {
  const words = useI18n()
  return (key: string, blanks: Record<string, unknown> = {}): string => {
    const own = `wallet.instead.${key}`
    return method() === 'WALLET' && words.te(own) ? words.t(own, blanks) : words.t(key, blanks)
  }
}
