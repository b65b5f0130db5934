export interface Money {
  readonly amountMinor: number
  readonly currency: string
}

/** Writes an amount the way the reader's language does; amounts are integers of the currency's smallest unit. */
export const useMoney = () => {
  const { locale } = useI18n()
  return ({ amountMinor, currency }: Money): string => {
    const format = new Intl.NumberFormat(LANGUAGES[locale.value], {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
    })
    const written = format.format(amountMinor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0))
    // Japanese locale data writes a full-width sign, which stands apart from its figures.
    return written.replace('￥', '¥')
  }
}

export const LANGUAGES = { ja: 'ja-JP', en: 'en-US', zh: 'zh-CN' } as const
