import { describe, expect, it } from 'vitest'
import { seenNews } from './seen-news.ts'
import { SHOWN_FOR_MS, toastShelf, type Shelved } from './toast-shelf.ts'

const shelf = () => {
  let nowMs = 0
  let timers: { dueMs: number; work: () => void }[] = []
  let shown: readonly Shelved[] = []
  const made = toastShelf<Shelved>(
    (delayMs, work) => {
      const mine = { dueMs: nowMs + delayMs, work }
      timers.push(mine)
      return () => {
        timers = timers.filter((one) => one !== mine)
      }
    },
    (toasts) => {
      shown = toasts
    },
  )
  return {
    ...made,
    add: (id: string, stays = false) => {
      made.add({ id, orderId: `order-${id}`, stays })
    },
    shown: () => shown.map(({ id }) => id),
    pass: (ms: number) => {
      nowMs += ms
      const due = timers.filter(({ dueMs }) => dueMs <= nowMs)
      timers = timers.filter((one) => !due.includes(one))
      for (const { work } of due) work()
    },
  }
}

describe('the shelf of toasts', () => {
  it('shows each once, for eight seconds, unless it stays', () => {
    const { add, shown, pass } = shelf()
    add('a')
    add('a')
    add('b', true)
    pass(SHOWN_FOR_MS - 1)
    expect(shown()).toEqual(['a', 'b'])
    pass(1)
    expect(shown()).toEqual(['b'])
    pass(3_600_000)
    expect(shown()).toEqual(['b'])
  })

  it('shows three at a time; the time of the next begins when it is shown', () => {
    const { add, shown, pass, dismiss } = shelf()
    for (const id of ['a', 'b', 'c']) add(id, true)
    add('d')
    pass(SHOWN_FOR_MS)
    expect(shown()).toEqual(['a', 'b', 'c'])
    dismiss('b')
    expect(shown()).toEqual(['a', 'c', 'd'])
    pass(SHOWN_FOR_MS - 1)
    expect(shown()).toEqual(['a', 'c', 'd'])
    pass(1)
    expect(shown()).toEqual(['a', 'c'])
  })

  it('lets nothing vanish while somebody reads or is away, and gives the whole time again afterwards', () => {
    const { add, shown, pass, setHeld } = shelf()
    add('a')
    pass(5_000)
    setHeld('pointed', true)
    setHeld('away', true)
    pass(60_000)
    setHeld('pointed', false)
    pass(60_000)
    expect(shown()).toEqual(['a'])
    setHeld('away', false)
    pass(SHOWN_FOR_MS - 1)
    expect(shown()).toEqual(['a'])
    pass(1)
    expect(shown()).toEqual([])
  })

  it('puts away what the reader has gone to see', () => {
    const { add, shown, dismissOf, clear } = shelf()
    add('a', true)
    add('b', true)
    dismissOf('order-a')
    expect(shown()).toEqual(['b'])
    clear()
    expect(shown()).toEqual([])
  })
})

describe('what this browser has shown', () => {
  it('is remembered for every tab, the newest hundred, and storage that fails costs no news', () => {
    const kept = new Map<string, string>()
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    }
    const [one, other] = [seenNews(() => storage), seenNews(() => storage)]
    for (let n = 0; n < 150; n += 1) one.add(`news-${n}`)
    expect([other.has('news-149'), other.has('news-50'), other.has('news-49')]).toEqual([true, true, false])
    kept.set('kessai.news', '{broken')
    expect(other.has('news-149')).toBe(false)
    const forbidden = seenNews(() => {
      throw new Error('forbidden')
    })
    forbidden.add('x')
    expect(forbidden.has('x')).toBe(false)
  })
})
