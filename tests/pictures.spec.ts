import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

/** The storefront serves this folder as it is; a page composes the addresses from the ids of the catalogue. */
const PUBLIC = 'web/public'
const IMAGES = `${PUBLIC}/images`

const Products = z.array(z.looseObject({ productId: z.string() })).min(1)
const Categories = z.array(z.looseObject({ categoryId: z.string() })).min(1)
const read = (path: string): string => readFileSync(path, 'utf8')
const productIds = Products.parse(JSON.parse(read('seed/products.json'))).map(({ productId }) => productId)
const categoryIds = Categories.parse(JSON.parse(read('seed/categories.json'))).map(
  ({ categoryId }) => categoryId,
)

const SQUARES = [...productIds, ...categoryIds.map((id) => `category-${id}`)]
const STATES = [
  'placeholder',
  'empty-cart',
  'empty-orders',
  'nothing-found',
  'lost',
  'trouble',
  'offline',
] as const
const DRAWN = [...globSync(`${IMAGES}/*.svg`), `${PUBLIC}/logo.svg`, `${PUBLIC}/favicon.svg`]

const svgOf = (name: string): string => read(`${IMAGES}/${name}.svg`)
const bytesOf = (path: string): number => statSync(path).size

/** A tag, with attribute values whose quotes may hide an angle bracket. */
const TAG = /<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g

/** What makes a text not a well-formed drawing with one root: nothing but tags, closed in the order they were opened. */
const faultsOfForm = (svg: string): string[] => {
  const between = svg.replaceAll(TAG, '').replaceAll(/(?<=^|\})[^{}<>&]*\{[^<>&]*\}/g, '')
  const faults = between.trim() === '' ? [] : [`text or a broken tag: ${between.trim().slice(0, 40)}`]
  const open: string[] = []
  let roots = 0
  for (const [, closing, name = '', , empty] of svg.matchAll(TAG)) {
    if (closing === '/') {
      const last = open.pop()
      if (last !== name) faults.push(`</${name}> closes ${last ?? 'nothing'}`)
      continue
    }
    if (open.length === 0) roots += 1
    if (empty !== '/') open.push(name)
  }
  if (open.length > 0) faults.push(`left open: ${open.join(', ')}`)
  if (roots !== 1) faults.push(`${roots} roots`)
  return faults
}

const SHAPES = new Set(['svg', 'g', 'path', 'rect', 'circle', 'ellipse'])

/** What a drawing holds beside flat shapes: elements, references, handlers and ids, the last because they clash once inlined. */
const foreignIn = (svg: string, alsoAllowed: readonly string[] = []): string[] => {
  const found: string[] = []
  for (const [, , name = '', attributes = ''] of svg.matchAll(TAG)) {
    if (!SHAPES.has(name) && !alsoAllowed.includes(name)) found.push(`<${name}>`)
    for (const [, attribute = ''] of attributes.matchAll(/\s([\w:-]+)=/g)) {
      if (/^(?:on\w+|(?:xlink:)?href|src|id|style|filter|mask|font.*)$/.test(attribute)) found.push(attribute)
    }
  }
  const addresses = svg
    .replace('xmlns="http://www.w3.org/2000/svg"', '')
    .match(/url\(|@import|\w+:\/\/|data:/g)
  return [...found, ...(addresses ?? [])]
}

/** Width and height as a PNG states them in its first chunk, in pixels. */
const pngSizeOf = (bytes: Buffer): readonly [number, number] => {
  expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG')
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
}

describe('every thing in the shop has its picture', () => {
  it.each(SQUARES)('%s is drawn on a square of 480, in at most 6 kB', (name) => {
    expect(existsSync(`${IMAGES}/${name}.svg`)).toBe(true)
    expect(svgOf(name)).toMatch(/^<svg [^>]*width="480" height="480" viewBox="0 0 480 480">/)
    expect(bytesOf(`${IMAGES}/${name}.svg`)).toBeLessThanOrEqual(6_000)
  })

  it('no two of them are the same drawing', () => {
    expect(new Set(SQUARES.map(svgOf)).size).toBe(SQUARES.length)
  })

  it('no picture is left over from a thing that is no longer sold', () => {
    const drawn = globSync(`${IMAGES}/*.svg`).map((path) => path.slice(IMAGES.length + 1, -'.svg'.length))
    expect(drawn.sort()).toEqual([...SQUARES, ...STATES, 'hero'].sort())
  })
})

describe('the pictures of the pages', () => {
  it('the still life of the home page is wide and at most 12 kB', () => {
    expect(svgOf('hero')).toContain('viewBox="0 0 1200 560"')
    expect(bytesOf(`${IMAGES}/hero.svg`)).toBeLessThanOrEqual(12_000)
  })

  it.each(STATES)('%s stands on no ground of its own, in at most 5 kB', (name) => {
    expect(svgOf(name)).toContain('viewBox="0 0 320 240"')
    expect(svgOf(name)).not.toMatch(/<rect x="0" y="0" width="320" height="240"/)
    expect(bytesOf(`${IMAGES}/${name}.svg`)).toBeLessThanOrEqual(5_000)
  })
})

describe('a drawing is well formed and made of flat shapes alone', () => {
  it.each(DRAWN)('%s', (path) => {
    const svg = read(path)
    expect(faultsOfForm(svg)).toEqual([])
    // The icon of a tab follows the system's theme, which only a style element can do.
    expect(foreignIn(svg, path.endsWith('favicon.svg') ? ['style'] : [])).toEqual([])
  })

  it.each([
    ['text', '<svg><text x="1"></text></svg>'],
    ['a raster', '<svg><image href="a.png"/></svg>'],
    ['a script', '<svg><script></script></svg>'],
    ['a handler', '<svg onload="a()"/>'],
    ['a gradient', '<svg><linearGradient/></svg>'],
    ['a filter', '<svg><path filter="url(#a)"/></svg>'],
    ['a reference', '<svg><use xlink:href="#a"/></svg>'],
    ['an address', '<svg><path fill="url(https://example.org/a)"/></svg>'],
    ['an id', '<svg><g id="a"/></svg>'],
  ])('%s would be found', (_what, planted) => {
    expect(foreignIn(planted)).not.toEqual([])
  })

  it.each([
    '<svg><g></svg>',
    '<svg><g></svg></g>',
    '<svg/><svg/>',
    '<svg>tea</svg>',
    '<svg><path d=M0/></svg>',
  ])('the broken drawing %s would be found', (planted) => {
    expect(faultsOfForm(planted)).not.toEqual([])
  })
})

describe('the marks of the shop', () => {
  it('the mark is one colour', () => {
    expect(read(`${PUBLIC}/logo.svg`).match(/fill="#\w+"/g)).toEqual(['fill="#23497F"'])
  })

  it.each([
    ['apple-touch-icon', 180, 180],
    ['icon-192', 192, 192],
    ['icon-512', 512, 512],
    ['social-card', 1200, 630],
  ])('%s.png measures %i × %i and stays under 200 kB', (name, width, height) => {
    expect(pngSizeOf(readFileSync(`${PUBLIC}/${name}.png`))).toEqual([width, height])
    expect(bytesOf(`${PUBLIC}/${name}.png`)).toBeLessThan(200_000)
  })

  it('the old-style icon holds one picture of 32 × 32', () => {
    const ico = readFileSync(`${PUBLIC}/favicon.ico`)
    expect([ico.readUInt16LE(2), ico.readUInt16LE(4)]).toEqual([1, 1])
    expect(pngSizeOf(ico.subarray(ico.readUInt32LE(18)))).toEqual([32, 32])
  })

  it('the manifest names icons that are there, at the size it states', () => {
    const Manifest = z.looseObject({
      name: z.literal('Hibi 日々の店'),
      theme_color: z.literal('#FBF9F4'),
      display: z.literal('browser'),
      icons: z.array(z.looseObject({ src: z.string(), sizes: z.string() })).min(2),
    })
    const { icons } = Manifest.parse(JSON.parse(read(`${PUBLIC}/site.webmanifest`)))
    for (const { src, sizes } of icons) {
      expect(pngSizeOf(readFileSync(`${PUBLIC}${src}`)).join('x')).toBe(sizes)
    }
  })
})
