/** The last news of the order whose page is open: that page looks again and says it, instead of a toast. */
export const useNewsHere = () =>
  useState<{ readonly orderId: string; readonly id: string } | undefined>('news-here', () => undefined)
