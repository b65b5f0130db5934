import { InferSeoMetaPlugin } from '@unhead/vue/plugins'

/**
 * A shared link shows the page's own title and description, not the shop's, without each page saying them twice. Links are
 * looked up on the server alone.
 */
export default defineNuxtPlugin(() => {
  injectHead().use(InferSeoMetaPlugin())
})
