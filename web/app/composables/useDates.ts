/** Times of a Japanese shop are Japanese times, wherever they are read and rendered. */
const SHOP_TIME_ZONE = 'Asia/Tokyo'

export const useDates = () => {
  const { locale } = useI18n()
  const format = (options: Intl.DateTimeFormatOptions) => (time: string | number) =>
    new Intl.DateTimeFormat(LANGUAGES[locale.value], { timeZone: SHOP_TIME_ZONE, ...options }).format(
      new Date(time),
    )
  return {
    /** 2026年11月20日 14:05 */
    dateTime: format({ dateStyle: 'long', timeStyle: 'short' }),
    /** 2026年11月20日 */
    date: format({ dateStyle: 'long' }),
    /** 14:05 */
    time: format({ timeStyle: 'short' }),
  }
}
