/** Who wants to be told of something; one that throws keeps nobody else from it. */
export interface Listeners<T> {
  readonly add: (listener: (news: T) => void) => () => void
  readonly tell: (news: T) => void
}

export const listeners = <T>(onThrow: (error: unknown, news: T) => void): Listeners<T> => {
  const all = new Set<(news: T) => void>()
  return {
    add: (listener) => {
      all.add(listener)
      return () => {
        all.delete(listener)
      }
    },
    tell: (news) => {
      for (const listener of all)
        try {
          listener(news)
        } catch (error) {
          onThrow(error, news)
        }
    },
  }
}
