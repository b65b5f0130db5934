/** A place in the row of page links: a page, or the gap where pages are left out. */
export type PagePlace = number | 'gap'

/** How many pages `total` things fill; an empty list has one page. */
export const lastPageOf = (total: number, size: number): number => Math.max(1, Math.ceil(total / size))

/** The first, the last, the current page and its neighbours; a gap stands only for two or more pages. */
export const pagePlaces = (current: number, last: number): readonly PagePlace[] => {
  const shown = [1, current - 1, current, current + 1, last].filter((page) => page >= 1 && page <= last)
  const pages = [...new Set(shown)].toSorted((a, b) => a - b)
  return pages.flatMap((page, index): PagePlace[] => {
    const before = pages[index - 1]
    if (before === undefined || page === before + 1) return [page]
    return page === before + 2 ? [page - 1, page] : ['gap', page]
  })
}
