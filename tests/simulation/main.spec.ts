import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

const start = (...args: readonly string[]) => {
  const child = spawn(process.execPath, [MAIN, '--orders', '2', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  let out = ''
  let progress = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    progress += chunk.toString()
  })
  const ended = once(child, 'close').then(([code]) => ({ code: Number(code), out, progress }))
  return { child, ended }
}

describe.concurrent('npm run simulate', { timeout: 60_000 }, () => {
  it('says how far it is in plain lines where no terminal is, and then what came of it', async () => {
    const { code, out, progress } = await start('--seeds', '6', '--workers', '2').ended
    expect(code).toBe(0)
    expect(out).toMatch(/^orders: .*\nsimulation: 6 seeds, \d+ events, no violation\n$/)
    expect(progress).toMatch(/^6 of 6 seeds, [\d.]+\/s, \d+ events, 0 failed, 0 s left$/m)
    expect(progress).not.toContain('\u001b')
  })

  it('ends with what was run so far when it is interrupted', async () => {
    const { child, ended } = start('--seeds', '20000', '--workers', '2')
    await once(child.stderr, 'data')
    child.kill('SIGINT')
    const { code, out } = await ended
    expect(out).toMatch(/^stopped after (\d+) of 20000 seeds$/m)
    const stoppedAfter = Number(/^stopped after (\d+)/m.exec(out)?.[1])
    expect(out).toMatch(new RegExp(`^simulation: ${stoppedAfter} seeds, \\d+ events, no violation$`, 'm'))
    expect(code).toBe(130)
  })

  it('finds a planted bug, tells its story and how to see it again', async () => {
    const bug = 'stock of an order that ends unpaid is kept'
    const { code, out } = await start('--seeds', '200', '--bug', bug).ended
    expect(code).toBe(1)
    expect(out).toMatch(/^seed \d+: I\d+ at .*$/m)
    expect(out).toContain(`--trace --orders 2 --bug ${JSON.stringify(bug)}`)
  })

  it('refuses a bug that nobody planted, and names those there are', async () => {
    const { code, progress } = await start('--bug', 'no such thing').ended
    expect(code).toBe(1)
    expect(progress).toContain("a webhook's body is believed")
  })

  it('refuses a setting that there is not, and names those there are', async () => {
    const { code, progress } = await start('--setting', 'no such thing').ended
    expect(code).toBe(1)
    expect(progress).toContain('unseen codes are paid')
  })
})
