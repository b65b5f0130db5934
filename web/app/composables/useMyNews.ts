import { followNews, type MyNews } from '~/news/my-news'

/**
 * Listens to what happens to the reader's orders while the component that asks is there, in this tab alone. A page that
 * is kept for the way back must not hold a connection, so it is given up with the page.
 */
export const useMyNews = (onNews: (news: MyNews) => void): void => {
  const { refresh } = useSession()
  const followed = followNews({
    openSocket: ({ said, closed }) => {
      const address = new URL('/ws/me', location.href)
      address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
      const socket = new WebSocket(address)
      socket.addEventListener('message', ({ data }) => {
        if (typeof data === 'string') said(data)
      })
      socket.addEventListener('close', ({ code }) => {
        closed(code)
      })
      return {
        send: (text) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(text)
        },
        close: () => {
          socket.close()
        },
      }
    },
    timer: browserTimer,
    random: () => Math.random(),
    onNews,
    isSignedIn: async () => navigator.onLine && (await refresh()).authenticated,
  })
  const shownAgain = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) followed.start()
  }
  onMounted(() => {
    followed.start()
    window.addEventListener('online', followed.start)
    window.addEventListener('pagehide', followed.stop)
    window.addEventListener('pageshow', shownAgain)
  })
  onBeforeUnmount(() => {
    followed.stop()
    window.removeEventListener('online', followed.start)
    window.removeEventListener('pagehide', followed.stop)
    window.removeEventListener('pageshow', shownAgain)
  })
}
