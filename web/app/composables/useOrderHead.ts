/**
 * The head of a page that is somebody's own. It needs no word to search engines: whoever has no session, as they have
 * none, is sent to sign in.
 */
export const useOrderHead = (title: () => string) => {
  useHead({ title })
}
