import { describe, expect, it } from 'vitest'
import { PLANTED } from './planted-bugs.ts'
import { runSeed, type RunOptions } from './run-seed.ts'
import { settingBy } from './settings.ts'
import { againCommand } from './telling.ts'

const MOST_ORDERS = 5
const LIMIT_MS = 120_000

describe('the simulation finds planted bugs', () => {
  it.each(PLANTED)(
    '$name: seed $seed, or one of $within from there',
    { timeout: LIMIT_MS },
    async ({ name, bug, seed, within, setting, rule: only }) => {
      const reshaped = settingBy(setting)?.reshaped
      const how: RunOptions = { mostOrders: MOST_ORDERS, ...(reshaped === undefined ? {} : { reshaped }) }
      const told = { bug: name, mostOrders: MOST_ORDERS, ...(setting === undefined ? {} : { setting }) }
      let found: number | undefined
      for (let next = seed; next < seed + within && found === undefined; next += 1) {
        const { violations } = await runSeed(next, { ...how, bug })
        if (violations.some(({ rule }) => (only === undefined ? rule !== 'crash' : rule === only)))
          found = next
      }
      if (found !== undefined && found !== seed)
        console.warn(`${name}: found by ${againCommand(found, told)}`)
      expect(found, 'no seed found it').toBeDefined()
      if (found === undefined) return
      const sound = await runSeed(found, how)
      expect(sound.violations, 'found without the bug as well').toStrictEqual([])
    },
  )
})
