import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SHOP_FLAGS } from '../roles/memory.ts'
import { freePorts } from './free-ports.ts'

/** A shop that runs, ours or somebody's. */
export interface Instance {
  readonly shopUrl: string
  readonly simulatorUrl: string
  readonly stop: () => Promise<void>
}

/** A shop of our own, which can also be killed without warning and started again on the same data. */
export interface OwnInstance extends Instance {
  readonly dataDir: string
  readonly pid: () => number
  readonly kill: () => Promise<void>
  readonly restart: () => Promise<void>
  /** Time from the last start to ready. */
  readonly startedInMs: () => number
  /** What it printed, for a failure's report. */
  readonly printed: () => string
}

const START_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 10_000
const KEPT_OUTPUT = 20_000
const main = fileURLToPath(new URL('../main.ts', import.meta.url))

export const isReady = async (shopUrl: string): Promise<boolean> => {
  try {
    return (await fetch(`${shopUrl}/health/ready`, { signal: AbortSignal.timeout(10_000) })).status === 200
  } catch {
    return false
  }
}

export interface InstanceOptions {
  /** A directory of the caller's, instead of a fresh one; removed when the shop stops, like that. */
  readonly dataDir?: string
  readonly startTimeoutMs?: number
  /** Is given everything it prints, of which `printed` keeps only the end. */
  readonly onOutput?: (text: string) => void
}

/** Starts a shop on free ports and a data directory of its own, which is removed when it stops. */
export const startInstance = async (
  environment: Readonly<Record<string, string>> = {},
  options: InstanceOptions = {},
): Promise<OwnInstance> => {
  const [port = 0, simulatorPort = 0, tlsPort = 0] = await freePorts(3)
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'kessai-')))
  const shopUrl = `http://127.0.0.1:${port}`
  let child: ChildProcess
  let output = ''
  let startedInMs = 0

  const start = async (): Promise<void> => {
    const beganAtMs = Date.now()
    child = spawn(process.execPath, [...SHOP_FLAGS, main, 'start'], {
      env: {
        ...process.env,
        // A new shop has a new log, and read models of another one would answer for it.
        MONGODB_URL: '',
        LOG_LEVEL: 'warn',
        ...environment,
        PORT: String(port),
        PAYPAY_SIMULATOR_PORT: String(simulatorPort),
        PAYPAY_SIMULATOR_TLS_PORT: String(tlsPort),
        KESSAI_DATA: dataDir,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-KEPT_OUTPUT)
        options.onOutput?.(text)
      })
    while (!(await isReady(shopUrl))) {
      if (child.exitCode !== null) throw new Error(`The shop ended while starting:\n${output}`)
      if (Date.now() - beganAtMs > (options.startTimeoutMs ?? START_TIMEOUT_MS)) {
        // Nobody else knows of it, so nobody else would end it.
        await end('SIGKILL')
        throw new Error(`The shop is not ready:\n${output}`)
      }
      await pause(20)
    }
    startedInMs = Date.now() - beganAtMs
  }

  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await ended
    clearTimeout(impatience)
  }

  await start()
  return {
    shopUrl,
    simulatorUrl: `http://127.0.0.1:${simulatorPort}`,
    dataDir,
    pid: () => child.pid ?? 0,
    printed: () => output,
    startedInMs: () => startedInMs,
    kill: () => end('SIGKILL'),
    restart: start,
    stop: async () => {
      await end('SIGTERM')
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
