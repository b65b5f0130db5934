import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { inflateSync } from 'node:zlib'
import type { Page } from '@playwright/test'
import { expect } from './test.ts'

const folder = new URL('../../test-results/screenshots/', import.meta.url)

const HEADER_BYTES = 8
/** A page of one colour has a handful; any page with words on it has more. */
const LEAST_LINES = 40

/** The width a PNG says it has, and how many of its lines of pixels differ from each other (RFC 2083). */
const measured = (png: Buffer): { width: number; lines: number } => {
  const width = png.readUInt32BE(16)
  const height = png.readUInt32BE(20)
  const data: Buffer[] = []
  for (let offset = HEADER_BYTES; offset + 12 <= png.length;) {
    const length = png.readUInt32BE(offset)
    if (png.toString('latin1', offset + 4, offset + 8) === 'IDAT')
      data.push(png.subarray(offset + 8, offset + 8 + length))
    offset += 12 + length
  }
  const pixels = inflateSync(Buffer.concat(data))
  const lineBytes = pixels.length / height
  const lines = new Set<string>()
  for (let line = 0; line < height; line++)
    lines.add(pixels.toString('latin1', line * lineBytes, (line + 1) * lineBytes))
  return { width, lines: lines.size }
}

/** Takes the page into `test-results/screenshots`, as wide as the window, and makes sure that there is something on it. */
export const takePicture = async (page: Page, name: string): Promise<void> => {
  const path = fileURLToPath(new URL(`${name}.png`, folder))
  // What is drawn last: the fonts, and the pictures in view.
  await page.evaluate(async () => {
    await document.fonts.ready
    for (const image of document.images) image.loading = 'eager'
    await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)))
  })
  // Beside a dialog the rest of the page is out of reach.
  const fullPage = (await page.getByRole('dialog').count()) === 0
  await page.screenshot({ path, fullPage, animations: 'disabled', caret: 'hide' })
  const { width, lines } = measured(await readFile(path))
  expect(width, `${name}: as wide as the window`).toBe(page.viewportSize()?.width)
  expect(lines, `${name}: something to be seen`).toBeGreaterThan(LEAST_LINES)
}
