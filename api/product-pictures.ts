import type { ListedProduct } from '#projections/products/document.ts'
import type { ApiDependencies } from './dependencies.ts'

export interface PictureAddresses {
  readonly imageUrl: string
  readonly thumbnailUrl: string
}

/** Where the files of pictures are served. */
export const pictureAddress = (name: string): string => `/images/${name}`

type Drawings = Pick<ApiDependencies, 'imageUrl'>

const drawings = ({ imageUrl }: Drawings) => imageUrl ?? ((name: string) => `/images/${name}.svg`)

/** Where a category's drawing is. */
export const categoryPicture = (deps: Drawings): ((categoryId: string) => string) => {
  const drawing = drawings(deps)
  return (categoryId) => drawing(`category-${categoryId}`)
}

/** Where a product's pictures are: the one attached last, else the drawing that came with the shop. */
export const productPictures = (
  deps: Drawings,
): ((product: Pick<ListedProduct, 'productId' | 'picture'>) => PictureAddresses) => {
  const drawing = drawings(deps)
  return ({ productId, picture }) =>
    picture === undefined
      ? { imageUrl: drawing(productId), thumbnailUrl: drawing(productId) }
      : {
          imageUrl: pictureAddress(picture.original.name),
          thumbnailUrl: pictureAddress(picture.thumbnail.name),
        }
}
