import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Clock } from '#platform/clock/clock.ts'

export interface Child {
  /** Resolves with the ports of the first `LISTENING …` line; rejects when the child cannot start. */
  readonly listening: Promise<readonly number[]>
  readonly isUp: () => boolean
  /** Ends it gracefully, within a few seconds. */
  readonly stop: () => Promise<void>
}

export interface ChildOptions {
  readonly name: string
  /** Arguments of `main.ts`; ports learned at the first start are put in again after a crash. */
  readonly arguments: (ports: readonly number[] | undefined) => readonly string[]
  /** How Node runs it; see roles/memory.ts. */
  readonly flags: readonly string[]
  readonly clock: Clock
  readonly log: (message: string, detail: object) => void
}

/** Far more than a part takes on a machine that is busy with other things. */
const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 5_000
const FIRST_BACKOFF_MS = 100
const LONGEST_BACKOFF_MS = 5_000

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

/**
 * Runs a role of Kessai in a process of its own and starts it again when it dies. The channel to it closes with us,
 * however we end, and the child then stops by itself.
 */
export const superviseChild = ({ name, arguments: argumentsFor, flags, clock, log }: ChildOptions): Child => {
  let child: ChildProcess | undefined
  let ports: readonly number[] | undefined
  let up = false
  let stopping = false
  let backoffMs = FIRST_BACKOFF_MS
  const { promise: listening, resolve, reject } = Promise.withResolvers<readonly number[]>()
  listening.catch(() => {})
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()

  const start = (): void => {
    const started = fork(main, [...argumentsFor(ports)], {
      execArgv: [...flags],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    child = started
    const impatience = clock.timer(START_TIMEOUT_MS, () => {
      reject(new Error(`${name} did not start within ${START_TIMEOUT_MS} ms`))
      started.kill('SIGKILL')
    })
    let printed = ''
    started.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (up) return
      printed += text
      const line = /^LISTENING ([\d ]+)$/m.exec(printed)?.[1]
      if (line === undefined) return
      impatience()
      up = true
      backoffMs = FIRST_BACKOFF_MS
      ports = line.trim().split(' ').map(Number)
      resolve(ports)
    })
    started.once('exit', (code, signal) => {
      impatience()
      const wasUp = up
      up = false
      if (stopping) {
        end()
        return
      }
      if (!wasUp && ports === undefined) {
        reject(new Error(`${name} could not start (exit ${code ?? signal})`))
        end()
        return
      }
      log('A part of the shop died and is started again', { part: name, code, signal })
      void clock.sleep(backoffMs).then(() => {
        if (stopping) end()
        else start()
      })
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)
    })
  }
  start()

  return {
    listening,
    isUp: () => up,
    stop: async () => {
      if (stopping) return ended
      stopping = true
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const cancel = clock.timer(STOP_TIMEOUT_MS, () => child?.kill('SIGKILL'))
      await ended
      cancel()
    },
  }
}
