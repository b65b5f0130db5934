import { InferSeoMetaPlugin } from '@unhead/vue/plugins'

/** A shared link shows the page's own title and description, not the shop's, without each page saying them twice. */
export default defineNuxtPlugin(() => {
  injectHead().use(InferSeoMetaPlugin())
})
