import { readdir } from 'node:fs/promises'

/** The storefront's own pictures: as it was built, else as they lie with its sources. */
const PLACES = [
  new URL('../web/.output/public/images/', import.meta.url),
  new URL('../web/public/images/', import.meta.url),
]
const PLACEHOLDER = '/images/placeholder.svg'

/** What the storefront brings a drawing of, by the names of its files: products by their ids, and categories. */
export const drawnNames = async (): Promise<ReadonlySet<string>> => {
  for (const place of PLACES) {
    const files = await readdir(place).catch(() => [])
    const drawn = files.filter((file) => file.endsWith('.svg')).map((file) => file.slice(0, -'.svg'.length))
    if (drawn.length > 0) return new Set(drawn)
  }
  return new Set()
}

/** Where the drawing of a product or category is: the wrapped parcel for what was never drawn. */
export const drawingOf =
  (drawn: ReadonlySet<string>) =>
  (name: string): string =>
    drawn.has(name) ? `/images/${name}.svg` : PLACEHOLDER
