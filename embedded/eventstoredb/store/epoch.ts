import { randomUUID } from 'node:crypto'
import type { Log } from './log.ts'

const EPOCH_STREAM = '$epoch-information'

/**
 * Writes the note that a real node leaves in the log whenever it becomes leader. It also keeps readers of
 * `$all` honest: a log always holds events of the system, which a filter must expect.
 */
export const startEpoch = async (log: Log): Promise<void> => {
  const epochNumber = log.heads.headOf(EPOCH_STREAM).lastRevision + 1
  const data = Buffer.from(JSON.stringify({ EpochNumber: epochNumber, EpochId: randomUUID() }))
  await new Promise<void>((resolve, reject) => {
    log.submit({
      request: {
        kind: 'append',
        stream: EPOCH_STREAM,
        expected: 'any',
        events: [
          {
            id: randomUUID(),
            type: '$EpochInformation',
            contentType: 'application/json',
            data,
            customMetadata: new Uint8Array(),
          },
        ],
      },
      expiresAtMs: Number.POSITIVE_INFINITY,
      settle: (outcome) => {
        if (outcome.kind === 'written') resolve()
        else reject(new Error(`the log cannot be written: ${JSON.stringify(outcome)}`))
      },
    })
  })
}
