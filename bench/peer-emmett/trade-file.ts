import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'
import type { EventStore, RecordedEvent } from '../../platform/eventstore/port.ts'
import { SHOP_STREAM_PREFIXES } from '../../projections/events.ts'
import { gathered } from '../../projections/gathered.ts'

const READING_LIMIT_MS = 600_000

/** Writes everything the read models are made from, one event a line, in the order of the log; answers how many. */
export const exportTrade = async (
  store: Pick<EventStore, 'subscribe'>,
  file: string,
): Promise<{ readonly events: number }> => {
  const out = createWriteStream(file)
  const signal = AbortSignal.timeout(READING_LIMIT_MS)
  let events = 0
  let isWhole = false
  for await (const batch of gathered(store, {
    name: 'export',
    prefixes: SHOP_STREAM_PREFIXES,
    after: 'start',
    signal,
  })) {
    for (const event of batch.events) out.write(`${JSON.stringify(event)}\n`)
    events += batch.events.length
    isWhole = batch.caughtUp
    if (isWhole) break
  }
  out.end()
  await finished(out)
  if (!isWhole) throw new Error(`The log was not read to its end in ${READING_LIMIT_MS} ms`)
  return { events }
}

/** The events of such a file. */
export async function* importedTrade(file: string): AsyncIterable<RecordedEvent> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `exportTrade` a moment ago
  for await (const line of createInterface({ input: createReadStream(file) }))
    yield JSON.parse(line) as RecordedEvent
}
