/** Set in this tab while the whole page is away at Google's, so that only a page that comes back asks what came of it. */
const AWAY = 'kessai.at-google'

export const leaveForGoogle = (): void => {
  sessionStorage.setItem(AWAY, 'yes')
}

/** True once for each time the page left. */
export const isBackFromGoogle = (): boolean => {
  const wasAway = sessionStorage.getItem(AWAY) !== null
  sessionStorage.removeItem(AWAY)
  return wasAway
}
