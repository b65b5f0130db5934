import { cpuMs } from './process-usage.ts'

/** One timed piece of work: how fast it went and what it cost on either side. */
export interface Sample {
  readonly units: number
  readonly seconds: number
  readonly perSecond: number
  /** CPU time of the node's process, in per cent of one core. */
  readonly nodeCpuPercent: number
  /** The same of this process: client, gRPC and garbage collection. */
  readonly clientCpuPercent: number
  readonly nodeCpuMicrosPerUnit: number
}

/** Times `work`, which does `units` of whatever is counted, and what the node and this process spend on it. */
export const sampled = async (pid: number, units: number, work: () => Promise<unknown>): Promise<Sample> => {
  const nodeBeforeMs = cpuMs(pid)
  const clientBefore = process.cpuUsage()
  const begin = performance.now()
  await work()
  const tookMs = performance.now() - begin
  const { user, system } = process.cpuUsage(clientBefore)
  const nodeMs = cpuMs(pid) - nodeBeforeMs
  return {
    units,
    seconds: tookMs / 1_000,
    perSecond: (units * 1_000) / tookMs,
    nodeCpuPercent: (100 * nodeMs) / tookMs,
    clientCpuPercent: (user + system) / 10 / tookMs,
    nodeCpuMicrosPerUnit: (nodeMs * 1_000) / units,
  }
}
