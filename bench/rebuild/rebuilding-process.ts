import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { SHOP_FLAGS } from '../../roles/memory.ts'

const main = fileURLToPath(new URL('../../main.ts', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly output: string
  /** The most memory it held at once; what the kernel says. */
  readonly peakMb: number
}

export interface RunningCommand {
  readonly kill: () => void
  readonly ended: Promise<Ran>
}

/** `npm run projections -- …` in a process of its own. */
export const projectionsCommand = (
  dataDir: string,
  eventStoreUrl: string,
  ...command: readonly string[]
): RunningCommand => {
  const child = spawn(process.execPath, [...SHOP_FLAGS, main, 'projections', ...command], {
    env: { ...process.env, KESSAI_DATA: dataDir, EVENTSTORE_URL: eventStoreUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let peakMb = 0
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const looking = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      peakMb = Math.max(peakMb, Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_000))
    } catch {
      // It has just ended, or this is no Linux.
    }
  }, 50)
  return {
    kill: () => child.kill('SIGKILL'),
    ended: new Promise((resolve) => {
      child.once('close', (code) => {
        clearInterval(looking)
        resolve({ code, output, peakMb })
      })
    }),
  }
}
