import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

const LARGEST_PICTURE_BYTES = 300_000
const pages = ['README.md', 'README.ja.md', 'README.zh-CN.md', ...globSync('docs/**/*.md')]
const Package = z.object({ scripts: z.record(z.string(), z.string()) })
const scriptsOf = (file: string): string[] =>
  Object.keys(Package.parse(JSON.parse(readFileSync(file, 'utf8'))).scripts)
const scripts = [...scriptsOf('package.json'), ...scriptsOf('web/package.json')]

describe.each(pages)('%s', (page) => {
  const text = readFileSync(page, 'utf8')

  it('leads only to what is there', () => {
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target = '']) => target)
    for (const target of targets) expect(existsSync(join(dirname(page), target)), target).toBe(true)
  })

  it('names only commands that package.json knows', () => {
    const named = [...text.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, name = '']) => name)
    for (const name of named) expect(scripts, name).toContain(name)
  })
})

it('the pictures of the README are small, and each has words for those who do not see it', () => {
  const pictures = [...readFileSync('README.md', 'utf8').matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)]
  expect(pictures.length).toBeGreaterThan(2)
  for (const [, words = '', file = ''] of pictures) {
    expect(words.length, file).toBeGreaterThan(20)
    expect(statSync(file).size, file).toBeLessThan(LARGEST_PICTURE_BYTES)
  }
})
