import type { components, paths } from './schema'

type Answer<
  Path extends keyof paths,
  Method extends 'get' | 'post' | 'put',
  Status extends number = 200,
> = paths[Path] extends {
  [M in Method]: { responses: { [S in Status]: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never

export type Product = Answer<'/api/products/{id}', 'get'>
type FoundPage = Answer<'/api/products/search', 'get'>
export type ProductFacets = FoundPage['facets']
/** Without facets where the products are listed but cannot be searched. */
export type ProductPage = Omit<FoundPage, 'facets'> & { facets?: ProductFacets }
export type Category = Answer<'/api/categories', 'get'>['items'][number]
export type Order = Answer<'/api/orders/{id}', 'get'>
export type OrderList = Answer<'/api/orders', 'get'>
export type WalletEntries = Answer<'/api/wallet/entries', 'get'>
export type Timeline = Answer<'/api/orders/{id}/timeline', 'get'>
export type MailList = Answer<'/api/mailbox', 'get'>
export type ReadMail = Answer<'/api/mailbox/{id}', 'get'>
export type Me = Answer<'/api/me', 'get'>
export type Problem = components['schemas']['Problem']
