/** What search engines and shared links say of the page, in place of the shop's own description. */
export const useDescription = (text: () => string | undefined) =>
  useHead(() => {
    const content = text()
    return content === undefined ? {} : { meta: [{ name: 'description', content }] }
  })
