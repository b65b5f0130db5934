import { fork } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EVENT_STORE_FLAGS } from '../../roles/memory.ts'

/** An embedded node in a process of its own, on a file of its own, flags as under `npm start`. */
export interface NodeProcess {
  readonly pid: number
  readonly connectionString: string
  /** The log; SQLite's write-ahead log lies beside it. */
  readonly file: string
  /** Ends the process and removes the log. Safe to call again. */
  readonly stop: () => Promise<void>
}

export interface NodeProcessOptions {
  /** Where the process leaves a CPU profile when it ends; none unless told. */
  readonly cpuProfileDir?: string | undefined
  /** The process ended without having been asked to. */
  readonly onDeath: (how: string) => void
}

const START_LIMIT_MS = 20_000
const STOP_LIMIT_MS = 10_000

const main = fileURLToPath(new URL('../../main.ts', import.meta.url))

/**
 * Not the supervised child of `npm start`: that one is started again when it dies, and here its death must spoil the
 * run. However this process ends by itself, it takes the node and its log with it.
 */
export const startNodeProcess = async ({
  cpuProfileDir,
  onDeath,
}: NodeProcessOptions): Promise<NodeProcess> => {
  const directory = await mkdtemp(join(tmpdir(), 'kessai-bench-eventstore-'))
  const file = join(directory, 'events.db')
  const profiling = cpuProfileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProfileDir}`]
  const child = fork(main, ['embedded-eventstore', '--port', '0', '--db', file], {
    execArgv: [...EVENT_STORE_FLAGS, ...profiling],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const clearAway = (): void => {
    child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
  process.once('exit', clearAway)
  let isUp = false
  let isStopping = false
  const listening = Promise.withResolvers<number>()
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve()
      if (isUp && !isStopping) onDeath(`exit ${code ?? signal}`)
      else listening.reject(new Error(`the node could not start (exit ${code ?? signal})`))
    })
  })
  child.once('error', listening.reject)
  let printed = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed = (printed + text).slice(-1_000)
    const port = /^LISTENING (\d+)$/m.exec(printed)?.[1]
    if (port !== undefined) listening.resolve(Number(port))
  })

  const stop = async (): Promise<void> => {
    isStopping = true
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
      await ended
      clearTimeout(impatience)
    }
    process.off('exit', clearAway)
    await rm(directory, { recursive: true, force: true })
  }

  const impatience = setTimeout(() => {
    listening.reject(new Error(`the node did not start within ${START_LIMIT_MS} ms`))
  }, START_LIMIT_MS)
  try {
    const port = await listening.promise
    isUp = true
    if (child.pid === undefined) throw new Error('the node has no process id')
    return { pid: child.pid, connectionString: `esdb://127.0.0.1:${port}?tls=false`, file, stop }
  } catch (error) {
    await stop()
    throw error
  } finally {
    clearTimeout(impatience)
  }
}
