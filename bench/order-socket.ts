import { WebSocket } from 'ws'
import { z } from 'zod'
import type { Placement } from '../demo/shop-client.ts'

export interface WatchedOrder {
  /** The attempt to pay, once its code is there. */
  readonly payable: Promise<string>
  /** Resolves with the frame that says PAID. Both reject when the socket closes before. */
  readonly paid: Promise<void>
  readonly close: () => void
}

const Frame = z.object({
  status: z.string(),
  payment: z.object({ merchantPaymentId: z.string() }).optional(),
})

/** Opens the order's socket and waits for its first snapshot. */
export const watchOrder = async (
  shopUrl: string,
  { orderId, channelToken }: Placement,
): Promise<WatchedOrder> => {
  const url = `${shopUrl.replace('http', 'ws')}/ws/orders?orderId=${orderId}&token=${encodeURIComponent(channelToken)}`
  const socket = new WebSocket(url)
  const first = Promise.withResolvers<void>()
  const payable = Promise.withResolvers<string>()
  const paid = Promise.withResolvers<void>()
  for (const { promise } of [payable, paid]) promise.catch(() => {})
  socket.on('message', (data: Buffer) => {
    const { status, payment } = Frame.parse(JSON.parse(data.toString()))
    first.resolve()
    if (status === 'WAITING_PAYMENT' && payment !== undefined) payable.resolve(payment.merchantPaymentId)
    if (status === 'PAID') paid.resolve()
  })
  const fail = (error: Error): void => {
    for (const { reject } of [first, payable, paid]) reject(error)
  }
  socket.on('close', (code) => {
    fail(new Error(`The socket closed with ${code}`))
  })
  socket.on('error', fail)
  await first.promise
  return {
    payable: payable.promise,
    paid: paid.promise,
    close: () => {
      socket.close()
    },
  }
}
