/** How many exports may be under way at once in this process. */
export interface ExportSlots {
  /** Undefined while all are taken. What it answers gives the slot back; calling it again changes nothing. */
  readonly take: () => (() => void) | undefined
}

export const exportSlots = (most: number): ExportSlots => {
  let taken = 0
  return {
    take: () => {
      if (taken >= most) return undefined
      taken += 1
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        taken -= 1
      }
    },
  }
}
