/** Puts `content` between a page's begin and end marker of that name; undefined where the page has no such markers. */
export const withMarkedPart = (page: string, name: string, content: string): string | undefined => {
  const begin = `<!-- ${name}: begin -->`
  const end = `<!-- ${name}: end -->`
  const from = page.indexOf(begin)
  const to = page.indexOf(end, from + begin.length)
  if (from < 0 || to < 0) return undefined
  return `${page.slice(0, from + begin.length)}\n\n${content}\n\n${page.slice(to)}`
}
