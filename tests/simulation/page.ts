import { readFile, writeFile } from 'node:fs/promises'
import { format, resolveConfig } from 'prettier'
import { PLANTED } from './planted-bugs.ts'
import { SIGHTS } from './sights.ts'

/**
 * The parts of docs/explanation/simulation.md that are told from the code; `node tests/simulation/page.ts` writes them
 * anew, and a spec holds that they are what the code says.
 */
export const SIMULATION_PAGE = new URL('../../docs/explanation/simulation.md', import.meta.url)

const marks = (part: string): readonly [string, string] => [
  `<!-- ${part}: written by node tests/simulation/page.ts -->`,
  `<!-- ${part}: end -->`,
]

/** Where each group of faults strikes, and the faults as they are counted. */
const faultTable = (): string => {
  const groups = new Map<string, string[]>()
  for (const sight of SIGHTS) {
    const [where = '', what = ''] = sight.split(': ')
    groups.set(where, [...(groups.get(where) ?? []), what])
  }
  return [
    '| Where | What goes wrong |',
    '| --- | --- |',
    ...[...groups].map(([where, faults]) => `| ${where} | ${faults.join('; ')} |`),
  ].join('\n')
}

const plantedTable = (): string =>
  [
    '| Planted bug | Seed | Setting |',
    '| --- | --- | --- |',
    ...PLANTED.map(({ name, seed, setting = '' }) => `| ${name} | ${seed} | ${setting} |`),
  ].join('\n')

const replaced = (page: string, part: string, content: string): string => {
  const [begin, end] = marks(part)
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error(`The page has no place for ${part}`)
  return `${page.slice(0, from)}${begin}\n\n${content}\n\n${page.slice(to)}`
}

/** The page with its parts as the code tells them now. */
export const simulationPage = async (page: string): Promise<string> => {
  const told = replaced(replaced(page, 'faults', faultTable()), 'planted bugs', plantedTable())
  return format(told, { ...(await resolveConfig(SIMULATION_PAGE)), parser: 'markdown' })
}

if (import.meta.main)
  await writeFile(SIMULATION_PAGE, await simulationPage(await readFile(SIMULATION_PAGE, 'utf8')))
