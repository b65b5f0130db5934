/** When the time left is read out, in seconds: often enough to act, rarely enough to read in peace. */
export const ANNOUNCED_AT_S = [60, 30, 10] as const

/** Whole seconds until a time; 0 from then on. */
export const secondsLeft = (untilMs: number, nowMs: number): number =>
  Math.max(0, Math.ceil((untilMs - nowMs) / 1_000))

/** `4:05`, or `1:00:00` from an hour on. */
export const asClock = (seconds: number): string => {
  const two = (part: number): string => String(part).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`
}

/** What has just been passed and is to be read out; after a sleep that passed several, only the last of them. */
export const announced = (beforeS: number, nowS: number): number | undefined =>
  nowS <= 0 ? undefined : ANNOUNCED_AT_S.findLast((mark) => beforeS > mark && nowS <= mark)
