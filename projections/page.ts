/** One page of a list. `page` starts at 1; `total` counts everything that matches. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly total: number
  readonly page: number
  readonly size: number
}

export interface PageRequest {
  /** From 1 on. */
  readonly page: number
  /** 1 to 100. */
  readonly size: number
}

export const LARGEST_PAGE_SIZE = 100
/** Deep offsets cost as much as all the pages before them, so there is an end to paging. */
export const LAST_PAGE = 10_000

/**
 * Where a page lies in the whole list.
 * @throws RangeError when page or size is not an integer in its range; the API refuses such requests before.
 */
export const spanOf = ({ page, size }: PageRequest): { readonly offset: number; readonly limit: number } => {
  if (!Number.isInteger(page) || page < 1 || page > LAST_PAGE)
    throw new RangeError(`page must be 1 to ${LAST_PAGE}`)
  if (!Number.isInteger(size) || size < 1 || size > LARGEST_PAGE_SIZE)
    throw new RangeError(`size must be 1 to ${LARGEST_PAGE_SIZE}`)
  return { offset: (page - 1) * size, limit: size }
}
