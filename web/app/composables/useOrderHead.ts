/** The head of a page that is somebody's own: named for the reader, and of no concern to search engines. */
export const useOrderHead = (title: () => string) => {
  useHead({ title, meta: [{ name: 'robots', content: 'noindex' }] })
}
