import { existsSync, globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const PAGE = new URL('../docs/reference/failure-modes.md', import.meta.url)
/** The reconciliation file is not read yet. */
const NOT_BUILT = 19
const MODES = Array.from({ length: 21 }, (_, index) => index + 1)

/** A `describe` that claims to prove a mode, in any of its forms. */
const CLAIM =
  /\bdescribe(?:\.\w+)*(?:\(\[[^\]]*\]\))?\(\s*(?:'failure mode (\d+): ([^']+)'|"failure mode (\d+): ([^"]+)")/g

const specs = globSync('**/*.spec.ts', { exclude: (name) => /(?:^|\/)(?:node_modules|\.\w+)$/.test(name) })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path !== 'tests/failure-modes.spec.ts')

/** What the tree claims: `path › title`, by mode. */
const claimed = new Map<number, string[]>()
for (const path of specs)
  for (const [, mode, title, otherMode, otherTitle] of readFileSync(path, 'utf8').matchAll(CLAIM)) {
    const nth = Number(mode ?? otherMode)
    claimed.set(nth, [...(claimed.get(nth) ?? []), `${path} › ${title ?? otherTitle}`])
  }

interface Section {
  readonly mode: number
  readonly text: string
}

const sections: readonly Section[] = readFileSync(PAGE, 'utf8')
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ mode: Number.parseInt(text, 10), text }))

/** The paths of a line's links, and that each leads to where it says. */
const linked = (line: string): string[] =>
  [...line.matchAll(/\[([^\]]+)\]\(\.\.\/\.\.\/([^)]+)\)/g)].map(([, shown = '', target = '']) => {
    expect(target).toBe(shown)
    return shown
  })
const linesOf = ({ text }: Section, name: string): string[] =>
  [...text.matchAll(new RegExp(`^- ${name}: (.+)$`, 'gm'))].map(([, line = '']) => line)
const proofsIn = (section: Section): string[] =>
  linesOf(section, 'Proof').map((line) => `${linked(line).join()} › ${line.split(' › ')[1] ?? ''}`)

const built = sections.filter(({ mode }) => mode !== NOT_BUILT)

describe('docs/reference/failure-modes.md', () => {
  it('tells of all modes in their order', () => {
    expect(sections.map(({ mode }) => mode)).toStrictEqual(MODES)
  })

  it.each(built)(
    'names for mode $mode the very specs that claim to prove it, and there is one',
    (section) => {
      expect(proofsIn(section).toSorted()).toStrictEqual((claimed.get(section.mode) ?? []).toSorted())
      expect(proofsIn(section).length).toBeGreaterThan(0)
    },
  )

  it('knows every mode that a spec claims to prove', () => {
    expect(
      [...claimed.keys()].filter((mode) => !built.some((section) => section.mode === mode)),
    ).toStrictEqual([])
  })

  it.each(built)('says for mode $mode which files protect, and without what its proof fails', (section) => {
    const files = linesOf(section, 'Protection').flatMap(linked)
    expect(files.length).toBeGreaterThan(0)
    expect(files.filter((path) => !existsSync(path))).toStrictEqual([])
    expect(linesOf(section, 'Fails when').join()).not.toBe('')
  })

  it('claims nothing for what is not built', () => {
    const [open] = sections.filter(({ mode }) => mode === NOT_BUILT)
    expect(open?.text).toContain('Not built yet')
    expect(linesOf(open ?? { mode: NOT_BUILT, text: '' }, 'Proof')).toStrictEqual([])
  })
})
