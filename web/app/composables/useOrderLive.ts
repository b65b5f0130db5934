import type { Order } from '~/api/types'
import { liveOrder, type LiveState, type SocketEvents } from '~/payment/live-order'

/** The order's channel of this shop, in the browser. */
const openSocket = (orderId: string, channelToken: string, { said, closed }: SocketEvents) => {
  const address = new URL('/ws/orders', location.href)
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
  address.search = new URLSearchParams({ orderId, token: channelToken }).toString()
  const socket = new WebSocket(address)
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') said(data)
  })
  socket.addEventListener('close', ({ code }) => {
    closed(code)
  })
  return {
    send: (text: string) => {
      socket.send(text)
    },
    close: () => {
      socket.close()
    },
  }
}

/**
 * Follows an order from the snapshot the page came with while the page is shown, with the server's time beside it.
 * When the session ends meanwhile, the reader goes to sign in and comes back.
 */
export const useLiveOrder = (snapshot: Order, isSettled?: (order: Order) => boolean) => {
  const { orderId } = snapshot
  const state = shallowRef<LiveState>({ order: snapshot, connection: 'connecting' })
  const fetchOrder = useOrderFetch()
  const signIn = useOrderSignIn()
  const clock = useServerClock(snapshot.serverTimeMs)
  const live = liveOrder({
    snapshot,
    ports: {
      fetchOrder: () => fetchOrder(orderId),
      openSocket: (token, events) => openSocket(orderId, token, events),
      timer: (delayMs, work) => {
        const timer = setTimeout(work, delayMs)
        return () => {
          clearTimeout(timer)
        }
      },
      random: () => Math.random(),
    },
    ...(isSettled === undefined ? {} : { isSettled }),
    onChange: (next) => {
      state.value = next
      if (next.lost === 'signed-out') void signIn()
    },
    onServerTime: clock.sync,
  })

  // An order at rest is not followed any more, and may still be given money back.
  watch(useNewsHere(), (news) => {
    if (news?.orderId === orderId) void live.ask()
  })

  const look = (): void => {
    live.setOnline(navigator.onLine)
  }
  const seen = (): void => {
    if (document.visibilityState === 'visible') live.wake()
  }
  const shownAgain = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) live.wake()
  }
  onMounted(() => {
    live.start()
    look()
    window.addEventListener('online', look)
    window.addEventListener('offline', look)
    window.addEventListener('pageshow', shownAgain)
    document.addEventListener('visibilitychange', seen)
  })
  onBeforeUnmount(() => {
    live.stop()
    window.removeEventListener('online', look)
    window.removeEventListener('offline', look)
    window.removeEventListener('pageshow', shownAgain)
    document.removeEventListener('visibilitychange', seen)
  })
  return {
    order: computed(() => state.value.order),
    connection: computed(() => state.value.connection),
    isMissing: computed(() => state.value.lost === 'missing'),
    nowMs: clock.nowMs,
    ask: live.ask,
    take: live.take,
  }
}

export type LiveOrderView = ReturnType<typeof useLiveOrder>
