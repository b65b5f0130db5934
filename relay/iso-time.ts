/** Epoch milliseconds as other systems read them: `2026-11-21T11:36:07.000Z`. */
export const isoTime = (atMs: number): string => new Date(atMs).toISOString()
