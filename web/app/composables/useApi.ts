/** The API, typed by its own OpenAPI document: `const { data, error, response } = await api.GET('/api/products', …)`. */
export const useApi = () => useNuxtApp().$api
