import type { ReadinessPart } from '#api/dependencies.ts'
import type { IndexingStatus } from '#projections/product-search/feed.ts'

/** What changes in a moment of brisk trade; so few may be behind in an index that is called whole. */
const FEW = 100

const counted = (count: number): string => count.toLocaleString('en')

/**
 * Whether searches may be sent to this process. Until its index has been whole once, it would say of goods on sale that
 * there are none, while another process that runs already would find them: it is not ready. From then on it is, also
 * when many products change at once or the catalogue cannot be read again, for all processes would be behind alike.
 *
 * @param isCatalogueCurrent Whether the read model the index is made of holds everything in the log, where that is known.
 */
export const searchReadiness = (
  status: () => IndexingStatus,
  isCatalogueCurrent: () => boolean,
): (() => ReadinessPart) => {
  let hasBeenWhole = false
  return () => {
    const { isFilled, products, waiting, failures } = status()
    hasBeenWhole ||= isFilled && waiting < FEW && isCatalogueCurrent()
    const detail = [
      ...(hasBeenWhole ? [] : [`indexing, ${counted(products)} products so far`]),
      ...(waiting < FEW ? [] : [`${counted(waiting)} changes waiting`]),
      ...(failures === 0 ? [] : [`the catalogue could not be read, ${counted(failures)} times in a row`]),
    ].join(', ')
    return { name: 'search', ok: hasBeenWhole, ...(detail === '' ? {} : { detail }) }
  }
}
