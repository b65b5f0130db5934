import TinyQueue from 'tinyqueue'
import type { ReadStore, Write } from '#platform/readstore/port.ts'

/** All open alarms of one process: a heap for what is due next, and what has to be written to find it again. */
export interface DeadlineIndex {
  readonly set: (key: string, name: string, dueAtMs: number) => void
  readonly clear: (key: string, name: string) => void
  /** Alarms due by now, earliest first, each handed out once until it is set again or finished. */
  readonly takeDue: (nowMs: number) => readonly Alarm[]
  /** False once an alarm that was handed out has been moved or cleared: it must not go off any more. */
  readonly holds: (alarm: Alarm) => boolean
  /** The alarm was handled; unless it was set again meanwhile it is gone. */
  readonly finish: (alarm: Alarm) => void
  readonly nextDueAtMs: () => number | undefined
  readonly size: () => number
  /** Changes since the last call, to be written together with the checkpoint. */
  readonly takeWrites: () => Write[]
}

export interface Alarm {
  readonly key: string
  readonly name: string
  readonly dueAtMs: number
}

export const DEADLINES = { name: 'process_deadlines', indexes: [['process']] } as const

type Document = Alarm & { readonly process: string }

const PAGE = 1_000

/** Loads the open alarms of a process; the log need not be read for them. */
export const loadDeadlines = async (readStore: ReadStore, process: string): Promise<DeadlineIndex> => {
  const index = deadlineIndex(process)
  for (let offset = 0; ; offset += PAGE) {
    const { items } = await readStore.find<Document>(DEADLINES.name, {
      where: { process },
      offset,
      limit: PAGE,
    })
    for (const { body } of items) index.set(body.key, body.name, body.dueAtMs)
    if (items.length < PAGE) break
  }
  index.takeWrites()
  return index
}

const deadlineIndex = (process: string): DeadlineIndex => {
  type Entry = Alarm & { taken: boolean }
  const idOf = (key: string, name: string): string => `${process}|${key}|${name}`
  const entries = new Map<string, Entry>()
  const dirty = new Set<string>()
  let heap = new TinyQueue<Entry>([], (a, b) => a.dueAtMs - b.dueAtMs)

  const isCurrent = (entry: Entry): boolean =>
    entries.get(idOf(entry.key, entry.name)) === entry && !entry.taken

  const dropStale = (): void => {
    for (let top = heap.peek(); top !== undefined && !isCurrent(top); top = heap.peek()) heap.pop()
    // Alarms that were moved or cleared stay in the heap until they come up; rebuild it before they outnumber the rest.
    if (heap.length > 1_024 && heap.length > entries.size * 4)
      heap = new TinyQueue([...entries.values()].filter(isCurrent), (a, b) => a.dueAtMs - b.dueAtMs)
  }

  return {
    set: (key, name, dueAt) => {
      // Waits are often fractions of other times; facts carry whole milliseconds.
      const dueAtMs = Math.ceil(dueAt)
      const id = idOf(key, name)
      const current = entries.get(id)
      if (current?.dueAtMs === dueAtMs && !current.taken) return
      const entry: Entry = { key, name, dueAtMs, taken: false }
      entries.set(id, entry)
      dirty.add(id)
      heap.push(entry)
    },
    clear: (key, name) => {
      const id = idOf(key, name)
      if (entries.delete(id)) dirty.add(id)
    },
    takeDue: (nowMs) => {
      const due: Alarm[] = []
      dropStale()
      for (let top = heap.peek(); top !== undefined && top.dueAtMs <= nowMs; top = heap.peek()) {
        heap.pop()
        top.taken = true
        due.push(top)
        dropStale()
      }
      return due
    },
    holds: (alarm) => entries.get(idOf(alarm.key, alarm.name)) === alarm,
    finish: (alarm) => {
      const id = idOf(alarm.key, alarm.name)
      if (entries.get(id) !== alarm) return
      entries.delete(id)
      dirty.add(id)
    },
    nextDueAtMs: () => {
      dropStale()
      return heap.peek()?.dueAtMs
    },
    size: () => entries.size,
    takeWrites: () => {
      const writes = [...dirty].map((id): Write => {
        const entry = entries.get(id)
        if (entry === undefined) return { kind: 'delete', collection: DEADLINES.name, id }
        const { key, name, dueAtMs } = entry
        const body: Document = { process, key, name, dueAtMs }
        return { kind: 'put', collection: DEADLINES.name, id, position: 0, body }
      })
      dirty.clear()
      return writes
    },
  }
}
