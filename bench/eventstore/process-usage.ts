import { readFileSync, statSync } from 'node:fs'

/** The kernel's own unit of process times: `USER_HZ`, 100 a second on every Linux that Node runs on. */
const TICK_MS = 10

/** CPU time a process has used in all its threads, user and system, in steps of 10 ms (proc(5), `/proc/pid/stat`). */
export const cpuMs = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in parentheses may hold spaces; behind it `utime` and `stime` are the twelfth and thirteenth field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** Memory of a process that is in RAM now, in bytes (`VmRSS` of `/proc/pid/status`). */
export const rssBytes = (pid: number): number => {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kilobytes === undefined) throw new Error(`process ${pid} has no memory: it is gone`)
  return Number(kilobytes) * 1_024
}

export const fileBytes = (file: string): number => statSync(file).size
