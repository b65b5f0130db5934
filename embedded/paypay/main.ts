import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'

export interface RunOptions extends SimulatorOptions {
  /** Where the one line for whoever started this goes; standard output by default. */
  print?: (line: string) => void
}

/**
 * Runs the simulator as a process role: prints `LISTENING <port> <tlsPort>` when ready and resolves once stopped,
 * by SIGTERM, SIGINT or, when forked, the end of the parent. Rejects when it cannot start.
 */
export async function runPayPaySimulator(options: RunOptions): Promise<void> {
  const print = options.print ?? ((line: string) => process.stdout.write(`${line}\n`))
  const stopped = stopWish()
  const simulator: Simulator = await startSimulator({ listenPatienceMs: 5_000, ...options })
  print(`LISTENING ${simulator.port} ${simulator.tlsPort}`)
  await stopped
  await simulator.stop()
}

/** Listens from the very start, so that a wish during the start is not lost. */
function stopWish(): Promise<void> {
  return new Promise((resolve) => {
    const wish = () => {
      process.off('SIGTERM', wish)
      process.off('SIGINT', wish)
      process.off('disconnect', wish)
      resolve()
    }
    process.on('SIGTERM', wish)
    process.on('SIGINT', wish)
    if (process.connected) process.on('disconnect', wish)
  })
}
