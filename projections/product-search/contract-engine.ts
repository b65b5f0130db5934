import type { ListedProduct } from '../products/document.ts'
import type { ProductSearch } from './port.ts'

/** A search and the two ways to change what it finds. */
export interface SearchEngine extends ProductSearch {
  /** Makes the product findable as it is now, and one that is not active not at all; so it is once this resolves. */
  readonly put: (product: ListedProduct) => void | Promise<void>
  readonly remove: (productId: string) => void | Promise<void>
}
