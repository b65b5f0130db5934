import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '#platform/clock/clock.ts'
import { EVENT_STORE_FLAGS } from '../roles/memory.ts'
import { superviseChild } from '../roles/child.ts'

export interface StoreProcess {
  readonly url: string
  /** Where its log is: `events.db`, as in a shop's data directory. */
  readonly directory: string
  /** Ends it and leaves the log. */
  readonly stop: () => Promise<void>
  readonly stopAndRemove: () => Promise<void>
}

/** The embedded event store in a process of its own, on a file, as `npm start` runs it; on a log that is there if told. */
export const startStore = async (on?: string): Promise<StoreProcess> => {
  const directory = on ?? (await mkdtemp(join(tmpdir(), 'kessai-bench-')))
  const child = superviseChild({
    flags: EVENT_STORE_FLAGS,
    name: 'embedded-eventstore',
    arguments: (ports) => [
      'embedded-eventstore',
      '--port',
      String(ports?.[0] ?? 0),
      '--db',
      join(directory, 'events.db'),
    ],
    clock: systemClock,
    log: (message, detail) => {
      console.error(message, detail)
    },
  })
  const [port] = await child.listening
  return {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    directory,
    stop: () => child.stop(),
    stopAndRemove: async () => {
      await child.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
