const KEY = 'kessai.news'
const MOST_REMEMBERED = 100

/**
 * Which news this browser has shown, in any tab, so that none is told again to a tab that comes later. Without storage,
 * as in a private window, one may be told twice.
 */
export const seenNews = (storage: () => Pick<Storage, 'getItem' | 'setItem'>) => {
  const read = (): readonly string[] => {
    try {
      const kept: unknown = JSON.parse(storage().getItem(KEY) ?? '[]')
      return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : []
    } catch {
      return []
    }
  }
  return {
    has: (id: string): boolean => read().includes(id),
    add: (id: string): void => {
      const before = read()
      if (before.includes(id)) return
      try {
        storage().setItem(KEY, JSON.stringify([...before, id].slice(-MOST_REMEMBERED)))
      } catch {
        // Full or forbidden: see above.
      }
    },
  }
}
