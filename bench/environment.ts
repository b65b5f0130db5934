import { execFileSync } from 'node:child_process'
import { cpus, loadavg, totalmem } from 'node:os'

/** What figures were taken on; `loadBefore` far above 0 says that the machine had other work. */
export interface Environment {
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly loadBefore: number
  readonly commit: string
}

const loadBefore = Number((loadavg()[0] ?? Number.NaN).toFixed(1))

/** The load is that of the moment this process started. */
export const environment = (): Environment => ({
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 1e9),
  loadBefore,
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
})
