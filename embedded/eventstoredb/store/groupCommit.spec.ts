import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createGroupCommit } from './groupCommit.ts'

const watched = () => {
  const groups: (readonly number[])[] = []
  return { groups, commits: createGroupCommit<number>((group) => groups.push(group)) }
}

describe('group commit', () => {
  it('does not keep a lone writer waiting', async () => {
    const { groups, commits } = watched()
    commits.add(1)
    await nextTurn()
    expect(groups).toEqual([[1]])
  })

  it('lets those who arrive in the next turns join, but not for ever', async () => {
    const { groups, commits } = watched()
    commits.add(0)
    for (let turn = 1; turn <= 40; turn += 1) {
      commits.add(turn)
      await nextTurn()
    }
    expect(groups[0]?.length).toBeGreaterThan(2)
    expect(groups.length).toBeGreaterThan(3)
    commits.flush()
    expect(groups.flat()).toEqual(Array.from({ length: 41 }, (_, index) => index))
  })

  it('cuts a flood into groups of bounded size, in order', async () => {
    const { groups, commits } = watched()
    for (let index = 0; index < 2_000; index += 1) commits.add(index)
    for (let turn = 0; turn < 30; turn += 1) await nextTurn()
    expect(Math.max(...groups.map((group) => group.length))).toBe(512)
    expect(groups.flat()).toHaveLength(2_000)
    expect(commits.waiting()).toBe(0)
  })
})
