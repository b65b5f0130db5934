import { browserShelf, CART_KEY } from '~/cart/browser-shelf'
import { cartKeeper } from '~/cart/keeper'
import { shownLines } from '~/cart/stored-cart'
import { shopServer } from '~/cart/shop-server'

/** Restores the cart once the page is the same as the server drew it, and keeps it in step with tabs and account. */
export default defineNuxtPlugin({
  name: 'cart',
  dependsOn: ['api', 'session'],
  setup: (nuxtApp) => {
    const { lines, isReady, saving, leftOut, limits, owner } = useCartState()
    const { session, refresh, forget } = useSession()

    const shelf = browserShelf(
      () => window.localStorage,
      () => limits.value,
      (cart) => {
        lines.value = [...shownLines(cart, limits.value)]
        owner.value = cart.owner
      },
    )
    const keeper = cartKeeper({
      shelf,
      server: shopServer(useApi(), refresh),
      customerId: () => (session.value.authenticated ? session.value.customerId : undefined),
      onSaving: (now) => {
        saving.value = now
      },
      onLeftOut: (those) => {
        leftOut.value = those.length
      },
      onSignedOut: forget,
      // Locks need a secure page; without them two tabs may send the same request, which the shop takes once.
      alone: async (work) => {
        if ('locks' in navigator) await navigator.locks.request(CART_KEY, work)
        else await work()
      },
    })

    const show = () => {
      shelf.change((cart) => cart)
      isReady.value = true
    }
    /** A customer's cart that this device has not seen yet may hold anything, so it is not called empty before asking. */
    const isUnheardOf = () => {
      const cart = shelf.read()
      return session.value.authenticated && cart.owner === undefined && shownLines(cart).length === 0
    }
    nuxtApp.hooks.hookOnce('app:suspense:resolve', () => {
      if (isUnheardOf()) void keeper.sync({ refresh: true }).finally(show)
      else {
        show()
        if (session.value.authenticated) void keeper.sync({ refresh: true })
      }
      watch(
        () => session.value.customerId,
        (id) => {
          if (id !== undefined) void keeper.sync({ refresh: true })
        },
      )
    })

    window.addEventListener('storage', ({ key }) => {
      if (key !== CART_KEY && key !== null) return
      const before = owner.value
      show()
      // Another tab signed in or out.
      if (owner.value !== before) void refresh()
    })
    window.addEventListener('online', () => void keeper.sync())
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible' && saving.value !== 'saved') void keeper.sync()
    })
    return { provide: { cartKeeper: keeper } }
  },
})
