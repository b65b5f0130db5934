/** A range of prices in the reader's words, in yen; nothing for one without ends. */
export const usePriceRange = () => {
  const { t } = useI18n()
  const money = useMoney()
  const yen = (amountMinor: number) => money({ amountMinor, currency: 'JPY' })
  return ({
    minPrice,
    maxPrice,
  }: {
    readonly minPrice?: number | undefined
    readonly maxPrice?: number | undefined
  }): string | undefined => {
    if (minPrice !== undefined && maxPrice !== undefined)
      return t('catalogue.filters.between', { from: yen(minPrice), to: yen(maxPrice) })
    if (minPrice !== undefined) return t('catalogue.filters.from', { price: yen(minPrice) })
    return maxPrice === undefined ? undefined : t('catalogue.filters.upTo', { price: yen(maxPrice) })
  }
}
