import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SIMULATION_PAGE, simulationPage } from './page.ts'
import { PLANTED } from './planted-bugs.ts'
import { SIGHTS } from './sights.ts'

describe('docs/explanation/simulation.md', () => {
  const page = readFileSync(SIMULATION_PAGE, 'utf8')

  it('tells faults, planted bugs and seeds as the code does (node tests/simulation/page.ts)', async () => {
    expect(page).toBe(await simulationPage(page))
  })

  it('names every planted bug, at least a dozen, and every fault', () => {
    expect(PLANTED.length).toBeGreaterThanOrEqual(12)
    for (const { name, seed, setting = '' } of PLANTED)
      expect(page).toMatch(new RegExp(`^\\| ${name} +\\| ${seed} +\\| ${setting} +\\|$`, 'm'))
    for (const sight of SIGHTS) expect(page).toContain(sight.slice(sight.indexOf(': ') + 2))
  })

  it('leads only to files that are there', () => {
    const links = [...page.matchAll(/\]\((\.\.\/[^)#]+)\)/g)].map(([, target = '']) => target)
    expect(links.length).toBeGreaterThan(5)
    for (const link of links)
      expect([link, existsSync(new URL(link, SIMULATION_PAGE))]).toStrictEqual([link, true])
  })
})
