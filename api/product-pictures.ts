import type { ListedProduct } from '#projections/products/document.ts'
import type { ApiDependencies } from './dependencies.ts'

export interface PictureAddresses {
  readonly imageUrl: string
  readonly thumbnailUrl: string
}

/** Where the files of pictures are served. */
export const pictureAddress = (name: string): string => `/images/${name}`

/** Where a product's pictures are: the one attached last, else the drawing that came with the shop. */
export const productPictures = (
  deps: Pick<ApiDependencies, 'imageUrl'>,
): ((product: Pick<ListedProduct, 'productId' | 'picture'>) => PictureAddresses) => {
  const drawing = deps.imageUrl ?? ((productId: string) => `/images/${productId}.svg`)
  return ({ productId, picture }) =>
    picture === undefined
      ? { imageUrl: drawing(productId), thumbnailUrl: drawing(productId) }
      : {
          imageUrl: pictureAddress(picture.original.name),
          thumbnailUrl: pictureAddress(picture.thumbnail.name),
        }
}
