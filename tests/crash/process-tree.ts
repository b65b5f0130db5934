import { readdirSync, readFileSync } from 'node:fs'

interface Entry {
  readonly pid: number
  readonly parent: number
  readonly command: string
  readonly rssBytes: number
}

const PAGE_BYTES = 4_096

const entries = (): Entry[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        // The name in parentheses may hold spaces; the fields after it do not.
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return [
          {
            pid: Number(name),
            parent: Number(fields[1]),
            command,
            rssBytes: Number(fields[21]) * PAGE_BYTES,
          },
        ]
      } catch {
        return []
      }
    })

/** The processes below one, with what they were started as (Linux). */
export const childrenOf = (pid: number): Entry[] => entries().filter(({ parent }) => parent === pid)

/** Resident memory of a process and all below it. */
export const treeRssBytes = (pid: number): number => {
  const all = entries()
  const below = (root: number): number[] => [
    root,
    ...all.filter(({ parent }) => parent === root).flatMap((child) => below(child.pid)),
  ]
  const pids = new Set(below(pid))
  return all.filter((entry) => pids.has(entry.pid)).reduce((total, { rssBytes }) => total + rssBytes, 0)
}
