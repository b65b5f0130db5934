import type { ServerWritableStream } from '@grpc/grpc-js'
import { once } from 'node:events'

/**
 * Resolves when everything written has left, when the call is over, or when `giveUp` says so. The caller looks
 * at the call next: this function does not say which of them it was.
 */
export const drained = async <Request>(
  call: ServerWritableStream<Request, Buffer>,
  giveUp?: AbortSignal,
): Promise<void> => {
  if (!call.writableNeedDrain) return
  const over = new AbortController()
  const stopWaiting = (): void => over.abort()
  call.once('cancelled', stopWaiting)
  const signal = giveUp === undefined ? over.signal : AbortSignal.any([over.signal, giveUp])
  try {
    await once(call, 'drain', { signal })
  } catch {
    // Aborted, or the call failed.
  } finally {
    call.off('cancelled', stopWaiting)
  }
}
