/** Whether the cart is shown at the side of the page. */
export const useCartDrawer = () => {
  const isOpen = useState('cart-drawer', () => false)
  return {
    isOpen,
    open: () => {
      isOpen.value = true
    },
    /** For a link to the cart's page: opens the drawer unless the reader wants a new tab. */
    openInstead: (event: MouseEvent) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
      event.preventDefault()
      isOpen.value = true
    },
  }
}
