import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { processHolder } from './process-holder.ts'

describe('a process as a holder of leases', () => {
  it('knows whether another one of this machine still runs, and nothing of those elsewhere', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: 'pipe' })
    const { isGone } = processHolder()
    const other = `${hostname()}/${child.pid}/a`
    expect(isGone(other)).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isGone(other)).toBe(true)
    expect(isGone(`elsewhere/${child.pid}/a`)).toBe(false)
  })

  it('takes an earlier process of the same number for gone, and itself for alive', () => {
    const [first, second] = [processHolder(), processHolder()]
    expect(first.id).not.toBe(second.id)
    expect(first.isGone(second.id)).toBe(false)
    expect(first.isGone(`${hostname()}/${process.pid}/before`)).toBe(true)
  })
})
