import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Holder } from '#projections/rebuild/leases.ts'

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** How two copies of this module in one process, or two processes of one container after another, tell themselves apart. */
const LIVES = new Set<string>()

/**
 * This process as the holder of leases. Of another process on the same machine it can tell whether it still runs, so that
 * a restart after a kill waits for nobody; of one elsewhere only its silence tells.
 */
export const processHolder = (): Holder => {
  const id = `${hostname()}/${process.pid}/${randomUUID()}`
  LIVES.add(id)
  return {
    id,
    isGone: (other) => {
      const [host, pid] = other.split('/')
      if (host !== hostname()) return false
      return Number(pid) === process.pid ? !LIVES.has(other) : !isAlive(Number(pid))
    },
  }
}
