import type { Transport, TransportAnswer } from '#platform/paypay/transport.ts'

/** A transport whose calls hang until a spec ends them: how long an answer takes on a busy machine ends none. */
interface BreakableTransport extends Transport {
  /** Ends every call that is under way, as by its time-out; what the other side has heard of them stays as it is. */
  readonly timeOut: () => void
}

/** @param longestMs for a call that the spec has forgotten. */
export const breakableTransport = (wire: Transport, longestMs: number): BreakableTransport => {
  const underWay = new Set<(answer: TransportAnswer) => void>()
  return {
    close: () => {
      wire.close()
    },
    timeOut: () => {
      for (const settle of underWay) settle({ kind: 'failed', reason: 'timed-out' })
    },
    send: (request) =>
      new Promise((resolve) => {
        const settle = (answer: TransportAnswer): void => {
          underWay.delete(settle)
          resolve(answer)
        }
        underWay.add(settle)
        void wire.send({ ...request, timeoutMs: longestMs }).then(settle)
      }),
  }
}
