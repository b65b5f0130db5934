import { WebSocket } from 'ws'
import { z } from 'zod'
import type { Placement } from '../demo/shop-client.ts'

const Frame = z.object({ status: z.string() })

export interface WatchedOrder {
  /** Resolves with the frame that says PAID; rejects when the socket closes before. */
  readonly paid: Promise<void>
  readonly close: () => void
}

/** Opens the order's socket and waits for its first snapshot. */
export const watchOrder = async (
  shopUrl: string,
  { orderId, channelToken }: Placement,
): Promise<WatchedOrder> => {
  const url = `${shopUrl.replace('http', 'ws')}/ws/orders?orderId=${orderId}&token=${encodeURIComponent(channelToken)}`
  const socket = new WebSocket(url)
  const first = Promise.withResolvers<void>()
  const paid = Promise.withResolvers<void>()
  paid.promise.catch(() => {})
  socket.on('message', (data: Buffer) => {
    const { status } = Frame.parse(JSON.parse(data.toString()))
    first.resolve()
    if (status === 'PAID') paid.resolve()
  })
  socket.on('close', (code) => {
    const error = new Error(`The socket closed with ${code}`)
    first.reject(error)
    paid.reject(error)
  })
  socket.on('error', (error) => {
    first.reject(error)
  })
  await first.promise
  return {
    paid: paid.promise,
    close: () => {
      socket.close()
    },
  }
}
