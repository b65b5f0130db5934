/** Where this shop is reached from outside, for addresses that must be absolute. */
export const useSite = () => {
  const url = useRequestURL()
  return { public: url.origin }
}
