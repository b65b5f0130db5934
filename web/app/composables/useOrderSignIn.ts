/** For when the API says that the session is over: to sign in, and back to this page afterwards. */
export const useOrderSignIn = () => {
  const nuxtApp = useNuxtApp()
  const localePath = useLocalePath()
  const route = useRoute()
  const { forget } = useSession()
  return async (next: string = route.fullPath): Promise<void> => {
    forget()
    await nuxtApp.runWithContext(() =>
      navigateTo(localePath({ path: '/sign-in', query: { next } }), { replace: true }),
    )
  }
}
