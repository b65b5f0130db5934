/** Whether the browser says it has no network; false until the page is mounted. */
export const useOffline = () => {
  const isOffline = ref(false)
  const look = () => {
    isOffline.value = !navigator.onLine
  }
  onMounted(() => {
    look()
    window.addEventListener('online', look)
    window.addEventListener('offline', look)
  })
  onBeforeUnmount(() => {
    window.removeEventListener('online', look)
    window.removeEventListener('offline', look)
  })
  return readonly(isOffline)
}
